//! moto's server: AWS's services in Python, in memory, for tests. It checks no signature and runs nothing.

use crate::ecs::Ecs;
use crate::poll::until_answered;
use crate::setting::Setting;
use anyhow::{Context, Result, ensure};
use gantry_tests::{Client, Endpoint, Host};
use serde_json::{Value, json};
use std::fs::File;
use std::process::{Child, Stdio};

const ADDRESS: &str = "127.0.0.1:5000";
const REGION: &str = "us-east-1";

/// Prints a subnet of the default VPC.
const SUBNET: &str = "import boto3
ec2 = boto3.client('ec2', endpoint_url='http://127.0.0.1:5000', region_name='us-east-1',
                   aws_access_key_id='bench', aws_secret_access_key='bench')
print(ec2.describe_subnets()['Subnets'][0]['SubnetId'])";

/// A running server.
pub(crate) struct Moto {
    server: Child,
    pid: u32,
    /// Declared last: the host ends whatever runs on it.
    host: Host,
}

impl Moto {
    /// Starts one and waits until it answers.
    ///
    /// # Errors
    /// When it does not start.
    pub(crate) fn start(setting: &Setting) -> Result<Self> {
        let host = Host::new()?;
        let log = File::create(setting.empty_folder("moto-")?.join("log"))?;
        let (address, port) = ADDRESS.split_once(':').expect("an address has a port");
        let mut server = host
            .command(setting.python_program("moto_server")?)
            .args(["--host", address, "--port", port])
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("cannot run moto_server")?;
        let mut client = client(&host)?;
        until_answered("moto_server", &mut server, || client.ecs("ListClusters", &json!({})))?;
        let pid = host.pid_of(&server).context("moto_server runs")?;
        Ok(Self { server, pid, host })
    }

    /// The server's process id.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Clients of a cluster that is made for them.
    ///
    /// # Errors
    /// When the server refuses.
    pub(crate) fn clients(&self, setting: &Setting, container: &Value, count: usize) -> Result<Vec<Ecs>> {
        let clients = (0..count).map(|_| client(&self.host)).collect::<Result<_>>()?;
        Ecs::prepare(clients, &self.subnet(setting)?, container)
    }

    fn subnet(&self, setting: &Setting) -> Result<String> {
        let output = self.host.command(setting.python_program("python")?).args(["-c", SUBNET]).output()?;
        ensure!(
            output.status.success(),
            "cannot ask moto for a subnet: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        gantry_tests::signal(self.pid, libc::SIGKILL);
        drop(self.server.wait());
    }
}

fn client(host: &Host) -> Result<Client> {
    let endpoint = Endpoint {
        address: ADDRESS.to_owned(),
        access_key_id: "bench".to_owned(),
        secret: "bench".to_owned(),
        region: REGION.to_owned(),
    };
    Client::on(host, endpoint)
}
