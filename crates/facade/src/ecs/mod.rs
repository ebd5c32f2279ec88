//! Amazon Elastic Container Service, API version 2014-11-13.
//!
//! Takes in its requests, gives out plans. A folder per kind of resource, a file per operation; operations on kinds that
//! are not built yet stand in the table of [`unbuilt`]. What several operations share: [`check`] and [`tags`] for what
//! clients send, [`name`] for how they name things, [`page`] for lists in pieces, [`fault`] for AWS's words.
//!
//! Source of what is checked and filled in: the documentation of each operation and shape in the Amazon ECS API reference.

mod check;
mod cluster;
mod failure;
mod fault;
mod name;
mod page;
mod size;
mod tag;
mod tags;
mod task;
mod task_definition;
mod unbuilt;

pub use unbuilt::{Behaviour, UnbuiltOperation, unbuilt_operations};

use crate::{Context, Fault, Plan};
use gantry_shapes::ecs::Request;

/// Decides what to do about one call to ECS.
///
/// # Errors
/// The fault that the client gets: a member is missing or bad, or what it names does not exist.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test checks that the table of unbuilt operations has the rest"
)]
pub fn plan(cx: &Context<'_>, request: Request) -> Result<Plan, Fault> {
    check::required_members(&request)?;
    match request {
        Request::CreateCluster(input) => cluster::create(cx, input),
        Request::DeleteCluster(input) => cluster::delete(cx, input),
        Request::DescribeClusters(input) => cluster::describe(cx, input).map(Plan::answer),
        Request::ListClusters(input) => cluster::list(cx, input).map(Plan::answer),

        Request::RegisterTaskDefinition(input) => task_definition::register(cx, input),
        Request::DeregisterTaskDefinition(input) => task_definition::deregister(cx, input),
        Request::DescribeTaskDefinition(input) => task_definition::describe(cx, input).map(Plan::answer),
        Request::ListTaskDefinitions(input) => task_definition::list(cx, input).map(Plan::answer),
        Request::ListTaskDefinitionFamilies(input) => {
            task_definition::list_families(cx, input).map(Plan::answer)
        }

        Request::RunTask(input) => task::run(cx, input),
        Request::StopTask(input) => task::stop(cx, input),
        Request::DescribeTasks(input) => task::describe(cx, input).map(Plan::answer),
        Request::ListTasks(input) => task::list(cx, input).map(Plan::answer),

        Request::TagResource(input) => tag::add(cx, input),
        Request::UntagResource(input) => tag::remove(cx, input),
        Request::ListTagsForResource(input) => tag::list(cx, input).map(Plan::answer),

        unbuilt => unbuilt::plan(cx, unbuilt),
    }
}
