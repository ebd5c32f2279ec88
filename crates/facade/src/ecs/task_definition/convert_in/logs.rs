//! `logConfiguration` and `firelensConfiguration`.

use super::given::{present, some_try_each, word};
use super::process;
use crate::Fault;
use gantry_model::record::task_definition as record;
use gantry_shapes::ecs::{FirelensConfiguration, FirelensConfigurationType, LogConfiguration, LogDriver};

/// `logConfiguration`.
pub(super) fn log_configuration(shape: LogConfiguration) -> Result<record::LogConfiguration, Fault> {
    let LogConfiguration { log_driver, options, secret_options } = shape;
    let driver = present(log_driver, "LogConfiguration.logDriver")?;
    Ok(record::LogConfiguration {
        log_driver: word(driver.as_str(), "Log driver", LogDriver::VALUES)?,
        options,
        secret_options: some_try_each(secret_options, process::secret)?,
    })
}

/// `firelensConfiguration`.
pub(super) fn firelens_configuration(
    shape: FirelensConfiguration,
) -> Result<record::FirelensConfiguration, Fault> {
    let FirelensConfiguration { r#type, options } = shape;
    let kind = present(r#type, "FirelensConfiguration.type")?;
    let kind = word(kind.as_str(), "Firelens configuration type", FirelensConfigurationType::VALUES)?;
    Ok(record::FirelensConfiguration { kind, options })
}
