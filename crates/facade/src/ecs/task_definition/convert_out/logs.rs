//! `logConfiguration` and `firelensConfiguration`.

use super::{process, some_each};
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{FirelensConfiguration, LogConfiguration};

/// `logConfiguration`.
pub(super) fn log_configuration(record: record::LogConfiguration) -> LogConfiguration {
    let record::LogConfiguration { log_driver, options, secret_options } = record;
    let secret_options = some_each(secret_options, process::secret);
    LogConfiguration { log_driver: Some(log_driver.as_str().into()), options, secret_options }
}

/// `firelensConfiguration`.
pub(super) fn firelens_configuration(record: record::FirelensConfiguration) -> FirelensConfiguration {
    let record::FirelensConfiguration { kind, options } = record;
    FirelensConfiguration { r#type: Some(kind.as_str().into()), options }
}
