//! STS.

use crate::support::World;
use gantry_facade::{Plan, plan};
use gantry_shapes::{Call, sts};
use gantry_wire::codec::json;

#[test]
fn the_caller_learns_who_it_is() {
    let world = World::empty();
    let call = Call::Sts(sts::Request::GetCallerIdentity(sts::GetCallerIdentityRequest::default()));
    let Ok(Plan::Answer(output)) = plan(&world.context(), call) else { panic!("it always answers") };
    let expected =
        r#"{"UserId":"123456789012","Account":"123456789012","Arn":"arn:aws:iam::123456789012:root"}"#;
    assert_eq!(json::to_string(&*output), expected);
}
