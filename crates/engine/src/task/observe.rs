//! Events → facts. What is known already is never overwritten.

use super::{Image, Task};
use crate::action::Action;
use crate::event::{ContainerExit, Failure, PulledImage};
use crate::resource::Made;
use crate::text::{self, ContainerError};
use gantry_model::NodeTime;
use gantry_model::status::TaskStatus;
use gantry_model::view::Occurrence;

impl Task {
    pub(crate) fn saved(&mut self, revision: u64) {
        self.journal.durable = self.journal.durable.max(revision);
    }

    pub(crate) fn attached(&mut self, result: Result<(), Failure>, now: NodeTime, out: &mut Vec<Action>) {
        match self.network.made(result, now) {
            Made::Noted => {}
            Made::TooLate => out.push(Action::Detach { task: self.id() }),
            Made::Failed(text) => self.fail_to_start(text::cannot_attach(&text)),
        }
    }

    pub(crate) fn files_made(&mut self, result: Result<(), Failure>, now: NodeTime, out: &mut Vec<Action>) {
        match self.files.made(result, now) {
            Made::Noted => {}
            Made::TooLate => out.push(Action::RemoveFiles { task: self.id() }),
            Made::Failed(text) => self.fail_to_start(text::cannot_make_files(&text)),
        }
    }

    /// A task that runs already does without what could not be made again for it.
    pub(super) fn fail_to_start(&mut self, why: Occurrence) {
        if self.status < TaskStatus::Running && !self.must_stop() {
            self.stop = Some(why);
        }
    }

    pub(crate) fn detached(&mut self, result: Result<(), Failure>, now: NodeTime) {
        self.network.removed(result.is_ok(), now);
    }

    pub(crate) fn files_removed(&mut self, result: Result<(), Failure>, now: NodeTime) {
        self.files.removed(result.is_ok(), now);
    }

    pub(crate) fn pulled(&mut self, name: &str, result: Result<PulledImage, Failure>, now: NodeTime) {
        if !matches!(self.images.get(name), Some(Image::Pulling { .. })) {
            return;
        }
        match result {
            Ok(image) => self.have_image(name, image, now),
            Err(failure) => self.fail_image(name, &ContainerError::CannotPull(failure.text), now),
        }
    }

    fn have_image(&mut self, name: &str, image: PulledImage, now: NodeTime) {
        self.times.pull_stopped = Some(now);
        for (_, container) in self.pairs().filter(|(assigned, _)| assigned.image == name) {
            container.facts.image_digest.clone_from(&image.digest);
            container.facts.stop_signal = image.stop_signal;
        }
        self.images.insert(name.to_owned(), Image::Pulled);
    }

    pub(super) fn fail_image(&mut self, name: &str, error: &ContainerError, now: NodeTime) {
        self.times.pull_stopped = Some(now);
        for (_, container) in self.pairs().filter(|(assigned, _)| assigned.image == name) {
            container.without_image(error, now);
        }
        self.images.insert(name.to_owned(), Image::Failed);
    }

    pub(crate) fn created(
        &mut self,
        name: &str,
        result: Result<(), Failure>,
        now: NodeTime,
        out: &mut Vec<Action>,
    ) {
        let task = self.id();
        let Some(container) = self.container(name) else { return };
        let made = container.hold.made(result, now);
        if made == Made::TooLate {
            out.push(Action::Remove { task, container: name.to_owned() });
        }
        container.created(made, now);
    }

    pub(crate) fn started(&mut self, name: &str, result: Result<(), Failure>, now: NodeTime) {
        let Some(container) = self.container(name) else { return };
        match result {
            Ok(()) => container.started(now),
            Err(failure) => container.not_started(failure.text, now),
        }
    }

    pub(crate) fn exited(&mut self, name: &str, exit: ContainerExit, now: NodeTime) {
        if let Some(container) = self.container(name) {
            container.exited(exit, now);
        }
    }

    pub(crate) fn removed(&mut self, name: &str, result: Result<(), Failure>, now: NodeTime) {
        if let Some(container) = self.container(name) {
            container.hold.removed(result.is_ok(), now);
        }
    }
}
