//! Task definitions as they are found in production: each registers unchanged, and reads back without a difference but for
//! what ECS fills in.

use super::{described, filled, readable, registered};
use expect_test::expect_file;
use serde_json::Value;

macro_rules! definitions {
    ($($name:ident),* $(,)?) => { $(
        #[test]
        fn $name() {
            let input = include_str!(concat!("definitions/", stringify!($name), ".json"));
            let expected: Value = serde_json::from_str(input).unwrap();
            let described = described(input);
            pretty_eq(&readable(&described), &filled(&expected));
            let again = filled(&readable(&described));
            pretty_eq(&again, &readable(&described));
            let golden = expect_file![concat!("../golden/task_definition/", stringify!($name), ".json")];
            golden.assert_eq(&registered(input));
        }
    )* };
}

definitions! {
    background_worker,
    database_on_efs,
    firelens_router,
    gpu_inference,
    host_monitoring_agent,
    legacy_bridge_with_links,
    managed_instances_sandbox,
    migration_then_web,
    reverse_proxy_with_ports,
    scratch_pipeline,
    service_mesh_proxy,
    web_with_secrets,
    windows_service,
}

/// Compares as text, so that the first difference is readable.
fn pretty_eq(left: &Value, right: &Value) {
    let [left, right] = [left, right].map(|value| serde_json::to_string_pretty(value).unwrap());
    let difference = left.lines().zip(right.lines()).find(|(left, right)| left != right);
    assert!(left == right, "first difference: {difference:?}\n{left}\n{right}");
}
