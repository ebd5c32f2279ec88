//! `linuxParameters` of a container definition.
#![allow(missing_docs, reason = "members carry AWS's names and mean what the LinuxParameters shape says")]

record! {
    /// AWS's LinuxParameters.
    pub struct LinuxParameters {
        pub capabilities: Option<Capabilities>,
        pub devices: Option<Vec<Device>>,
        pub init_process_enabled: Option<bool>,
        pub shared_memory_size: Option<i32>,
        pub tmpfs: Option<Vec<Tmpfs>>,
        pub max_swap: Option<i32>,
        pub swappiness: Option<i32>,
    }

    pub struct Capabilities {
        pub add: Option<Vec<String>>,
        pub drop: Option<Vec<String>>,
    }

    pub struct Device {
        pub host_path: String,
        pub container_path: Option<String>,
        pub permissions: Option<Vec<String>>,
    }

    pub struct Tmpfs {
        pub container_path: String,
        pub size: i32,
        pub mount_options: Option<Vec<String>>,
    }
}
