//! What generated files promise.

use crate::kitchen;
use gantry_shapes::{SERVICES, ecs, sts};
use gantry_wire::schema::{Input, Member, Structure};
use gantry_wire::{Blame, ErrorInfo, Protocol};

#[test]
fn operations_are_in_order_and_known_by_name() {
    for service in SERVICES {
        assert!(service.operations.is_sorted(), "{}", service.name);
    }
    assert_eq!(ecs::Operation::ALL.len(), 88);
    assert_eq!(sts::Operation::ALL, [sts::Operation::GetCallerIdentity]);
    for operation in ecs::Operation::ALL {
        assert_eq!(ecs::Operation::named(operation.as_str()), Some(*operation));
        assert_eq!(ecs::SERVICE.operation(operation.as_str()), Some(operation.as_str()));
    }
    assert_eq!(ecs::Operation::named("createCluster"), None);
}

#[test]
fn a_service_is_described_as_its_model_says() {
    assert_eq!(ecs::SERVICE.target_prefix, "AmazonEC2ContainerServiceV20141113");
    assert_eq!(ecs::SERVICE.protocols, [Protocol::AwsJson11]);
    assert_eq!(sts::SERVICE.protocols, [Protocol::AwsQuery]);
    assert_eq!(sts::SERVICE.xml_namespace, "https://sts.amazonaws.com/doc/2011-06-15/");
    assert_eq!(kitchen::SERVICE.signing_name, "kitchen-signing");
}

/// ECS answers 400 to every fault of the client, and 500 only to its own.
#[test]
fn errors() {
    for error in ecs::ErrorCode::ALL {
        let info = error.info();
        let want = match info.code {
            "ServerException" => (500, Blame::Receiver),
            _ => (400, Blame::Sender),
        };
        assert_eq!((info.status, info.blame), want, "{}", info.code);
    }
    assert!(ecs::Operation::DeleteCluster.errors().contains(&ecs::ErrorCode::ClusterContainsTasksException));
    // JSON comes first in the model, so errors are known by the names of their shapes.
    let burnt = ErrorInfo { code: "Burnt", status: 409, blame: Blame::Sender };
    assert_eq!(kitchen::ErrorCode::Burnt.info(), burnt);
    assert_eq!(kitchen::Burnt::SCHEMA.members.len(), 1, "the message is not repeated");
}

fn member(structure: &dyn Structure, name: &str) -> &'static Member {
    let members = structure.schema().members;
    members.iter().find(|member| member.name == name).expect("the model has it")
}

#[test]
fn traits_of_members() {
    assert!(member(&ecs::ContainerDefinition::default(), "environment").sensitive);
    assert!(member(&ecs::Session::default(), "tokenValue").sensitive);
    assert!(member(&ecs::DeleteClusterRequest::default(), "cluster").required);
    let cook = kitchen::CookRequest::default();
    assert_eq!(member(&cook, "Steps").item, "step");
    assert!(member(&cook, "Notes").flat && member(&cook, "Prices").flat);
    assert!(member(&cook, "chefPin").sensitive && !member(&cook, "Name").sensitive);
    assert!(member(&kitchen::CookResponse::default(), "Secrets").sensitive);
}

fn operation_of<I: Input>(_: &I) -> &'static str {
    I::OPERATION
}

/// A missing or shared input becomes a structure of the operation's own.
#[test]
fn every_input_belongs_to_one_operation() {
    assert_eq!(operation_of(&kitchen::ServeInput { dish: Some(String::new()) }), "Serve");
    assert_eq!(operation_of(&kitchen::TasteInput::default()), "Taste");
    assert_eq!(operation_of(&kitchen::WashInput {}), "Wash");
    for operation in ecs::Operation::ALL {
        let name = operation.empty_input().schema().name;
        assert_eq!(name, format!("{}Request", operation.as_str()));
        assert_eq!(operation.empty_output().schema().name, format!("{}Response", operation.as_str()));
    }
}
