//! One script for each rule of a task's life.

use crate::script::run;
use expect_test::{Expect, expect};

#[track_caller]
fn check(script: &str, transcript: Expect) {
    transcript.assert_eq(&run(script));
}

#[test]
fn a_task_lives_from_assignment_to_oblivion() {
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         started 1 web
         wait 5000
         exited 1 web 3
         saved 1
         removed 1 web
         detached 1
         filesremoved 1
         forget 1",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              start 1 web
              wake at 180000
            > started 1 web
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) started@0
              wake never
            > wait 5000
            > exited 1 web 3
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 3) started@0 ended@5000 EssentialContainerExited: Essential container in task exited
            > saved 1
              acknowledge exit 1 web
              remove 1 web
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED 3) started@0 ended@5000 EssentialContainerExited: Essential container in task exited
            > removed 1 web
              remove files 1
            > detached 1
              report 1 DEPROVISIONING DELETED (STOPPED 3) started@0 ended@5000 EssentialContainerExited: Essential container in task exited
            > filesremoved 1
              save 1 STOPPED
              report 1 STOPPED DELETED (STOPPED 3) started@0 ended@5000 EssentialContainerExited: Essential container in task exited released
            > forget 1
              forget 1
              save node at generation Some(2)
              applied 2
        "#]],
    );
}

#[test]
fn nothing_starts_before_the_task_is_on_disk() {
    check(
        "assign 1 web
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         saved 1",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              wake never
            > saved 1
              start 1 web
              wake at 180000
        "#]],
    );
}

#[test]
fn one_pull_serves_all_containers_of_an_image_and_all_are_made_before_one_starts() {
    check(
        "assign 1 a b c:other
         saved 1
         attached 1
         files 1
         pulled 1 hello
         pulled 1 other
         created 1 b
         created 1 a
         created 1 c
         started 1 c
         started 1 a
         started 1 b",
        expect![[r#"
            > assign 1 a b c:other
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              pull 1 other
              report 1 PENDING ATTACHED (PENDING) (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING) (PENDING)
            > pulled 1 other
              create 1 a
              create 1 b
              create 1 c
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING) (PENDING)
              wake at 240000
            > created 1 b
            > created 1 a
            > created 1 c
              start 1 a
              start 1 b
              start 1 c
              wake at 180000
            > started 1 c
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING) (RUNNING)
            > started 1 a
              report 1 ACTIVATING ATTACHED (RUNNING) (PENDING) (RUNNING)
            > started 1 b
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) (RUNNING) (RUNNING) started@0
              wake never
        "#]],
    );
}

#[test]
fn a_stop_asks_then_kills_each_container_after_its_own_time() {
    check(
        "assign 1 fast slow@2
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 fast
         created 1 slow
         started 1 fast
         started 1 slow
         stop 1
         exited 1 fast 143
         wait 2000
         wait 10000
         exited 1 slow 137
         saved 1
         removed 1 fast
         removed 1 slow
         detached 1
         filesremoved 1",
        expect![[r#"
            > assign 1 fast slow@2
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 fast
              create 1 slow
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 fast
            > created 1 slow
              start 1 fast
              start 1 slow
              wake at 180000
            > started 1 fast
              report 1 ACTIVATING ATTACHED (RUNNING) (PENDING)
            > started 1 slow
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) (RUNNING) started@0
              wake never
            > stop 1
              save 1 STOPPING
              signal 1 fast 15
              signal 1 slow 15
              report 1 STOPPING ATTACHED (RUNNING) (RUNNING) started@0
              save node at generation Some(2)
              applied 2
              wake at 2000
            > exited 1 fast 143
              save 1 STOPPING durably
              report 1 STOPPING ATTACHED (STOPPED 143) (RUNNING) started@0 ended@0
            > wait 2000
              kill 1 slow
              wake at 12000
            > wait 10000
              kill 1 slow
              wake at 22000
            > exited 1 slow 137
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 143) (STOPPED 137) started@0 ended@0
              wake never
            > saved 1
              acknowledge exit 1 fast
              acknowledge exit 1 slow
              remove 1 fast
              remove 1 slow
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED 143) (STOPPED 137) started@0 ended@0
            > removed 1 fast
            > removed 1 slow
              remove files 1
            > detached 1
              report 1 DEPROVISIONING DELETED (STOPPED 143) (STOPPED 137) started@0 ended@0
            > filesremoved 1
              save 1 STOPPED
              report 1 STOPPED DELETED (STOPPED 143) (STOPPED 137) started@0 ended@0 released
        "#]],
    );
}

#[test]
fn a_container_that_is_not_essential_may_end() {
    check(
        "assign 1 web side?
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         created 1 side
         started 1 web
         started 1 side
         exited 1 side 1
         saved 1
         exited 1 web 0",
        expect![[r#"
            > assign 1 web side?
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              create 1 side
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 web
            > created 1 side
              start 1 web
              start 1 side
              wake at 180000
            > started 1 web
              report 1 ACTIVATING ATTACHED (RUNNING) (PENDING)
            > started 1 side
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) (RUNNING) started@0
              wake never
            > exited 1 side 1
              save 1 RUNNING durably
              report 1 RUNNING ATTACHED (RUNNING) (STOPPED 1) started@0
            > saved 1
              acknowledge exit 1 side
            > exited 1 web 0
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 0) (STOPPED 1) started@0 ended@0 EssentialContainerExited: Essential container in task exited
        "#]],
    );
}

#[test]
fn an_image_that_cannot_be_pulled_fails_the_task() {
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello no image hello:latest is not on this node
         saved 1
         removed 1 web
         detached 1
         filesremoved 1",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello no image hello:latest is not on this node
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED CannotPullContainerError: image hello:latest is not on this node) TaskFailedToStart: CannotPullContainerError: image hello:latest is not on this node
              wake never
            > saved 1
              remove 1 web
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED CannotPullContainerError: image hello:latest is not on this node) TaskFailedToStart: CannotPullContainerError: image hello:latest is not on this node
            > removed 1 web
              remove files 1
            > detached 1
              report 1 DEPROVISIONING DELETED (STOPPED CannotPullContainerError: image hello:latest is not on this node) TaskFailedToStart: CannotPullContainerError: image hello:latest is not on this node
            > filesremoved 1
              save 1 STOPPED
              report 1 STOPPED DELETED (STOPPED CannotPullContainerError: image hello:latest is not on this node) TaskFailedToStart: CannotPullContainerError: image hello:latest is not on this node released
        "#]],
    );
}

#[test]
fn a_container_that_cannot_be_made_or_started_fails_the_task() {
    check(
        "assign 1 web side?
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 side no out of luck
         created 1 web again the zygote ended
         wait 500
         created 1 web
         started 1 web no exec: \"x\": executable file not found in $PATH",
        expect![[r#"
            > assign 1 web side?
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              create 1 side
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 side no out of luck
              save 1 PROVISIONING durably
              report 1 ACTIVATING ATTACHED (PENDING) (STOPPED CannotCreateContainerError: out of luck)
              wake at 5000
            > created 1 web again the zygote ended
              wake at 500
            > wait 500
              create 1 web
              wake at 5000
            > created 1 web
              start 1 web
            > started 1 web no exec: "x": executable file not found in $PATH
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED CannotStartContainerError: exec: "x": executable file not found in $PATH) (STOPPED CannotCreateContainerError: out of luck) TaskFailedToStart: Task failed to start
        "#]],
    );
}

#[test]
fn only_the_kernel_says_out_of_memory() {
    let start =
        "assign 1 web\n saved 1\n attached 1\n files 1\n pulled 1 hello\n created 1 web\n started 1 web\n";
    let last_report = |end: &str| {
        let transcript = run(&format!("{start} {end}"));
        transcript.lines().rev().find(|line| line.contains("report")).expect("a report").trim().to_owned()
    };
    expect!["report 1 DEPROVISIONING ATTACHED (STOPPED 137 OutOfMemoryError: Container killed due to memory usage) started@0 ended@0 EssentialContainerExited: Essential container in task exited"].assert_eq(&last_report("exited 1 web 137 oom"));
    expect!["report 1 DEPROVISIONING ATTACHED (STOPPED 137) started@0 ended@0 EssentialContainerExited: Essential container in task exited"].assert_eq(&last_report("exited 1 web 137"));
    expect!["report 1 DEPROVISIONING ATTACHED (STOPPED 137 SupervisorDiedError: The process that supervised the container died, so the container was killed with it) started@0 ended@0 EssentialContainerExited: Essential container in task exited"].assert_eq(&last_report("exited 1 web 137 supervisor"));
}

#[test]
fn an_end_that_is_told_before_the_start_counts_as_a_start() {
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         exited 1 web 0
         started 1 web",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              start 1 web
              wake at 180000
            > exited 1 web 0
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 0) started@0 ended@0 EssentialContainerExited: Essential container in task exited
              wake never
            > started 1 web
        "#]],
    );
}

#[test]
fn what_takes_too_long_is_given_up_with_the_words_of_aws() {
    check(
        "assign 1 web
         saved 1
         wait 60000",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > wait 60000
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHING (STOPPED) TaskFailedToStart: Timeout waiting for network interface provisioning to complete.
              wake at 65000
        "#]],
    );
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         wait 240000
         saved 1
         created 1 web",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > wait 240000
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s) TaskFailedToStart: DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s
              wake at 245000
            > saved 1
              remove 1 web
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s) TaskFailedToStart: DockerTimeoutError: Could not transition to created; timed out after waiting 4m0s
              wake never
            > created 1 web
              remove 1 web
        "#]],
    );
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         wait 180000
         exited 1 web 137",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              start 1 web
              wake at 180000
            > wait 180000
              kill 1 web
              report 1 ACTIVATING ATTACHED (PENDING DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s)
              wake at 190000
            > exited 1 web 137
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 137 DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s) started@180000 ended@180000 TaskFailedToStart: DockerTimeoutError: Could not transition to started; timed out after waiting 3m0s
              wake never
        "#]],
    );
}

#[test]
fn a_network_that_fails_in_passing_is_tried_again() {
    check(
        "assign 1 web
         saved 1
         attached 1 again the kernel is busy
         wait 500
         attached 1 no the address 172.31.0.1 is in use on this host",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1 again the kernel is busy
              wake at 500
            > wait 500
              attach 1
              wake at 60000
            > attached 1 no the address 172.31.0.1 is in use on this host
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHING (STOPPED) TaskFailedToStart: ResourceInitializationError: unable to provision the task's network interface: the address 172.31.0.1 is in use on this host
              wake at 5500
        "#]],
    );
}

#[test]
fn a_stop_in_the_middle_of_the_start_waits_for_what_is_under_way() {
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         stop 1
         created 1 web
         saved 1",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > stop 1
              save 1 STOPPING
              report 1 STOPPING ATTACHED (PENDING)
              save node at generation Some(2)
              applied 2
            > created 1 web
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED)
              wake never
            > saved 1
              remove 1 web
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED)
        "#]],
    );
    check(
        "assign 1 web@5
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         stop 1
         started 1 web
         wait 5000
         exited 1 web 137",
        expect![[r#"
            > assign 1 web@5
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              start 1 web
              wake at 180000
            > stop 1
              save 1 STOPPING
              report 1 STOPPING ATTACHED (PENDING)
              save node at generation Some(2)
              applied 2
            > started 1 web
              save 1 STOPPING
              signal 1 web 15
              report 1 STOPPING ATTACHED (RUNNING)
              wake at 5000
            > wait 5000
              kill 1 web
              wake at 15000
            > exited 1 web 137
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 137) ended@5000
              wake never
        "#]],
    );
}

#[test]
fn a_task_that_was_never_seen_and_shall_stop_is_cleaned_up_blindly() {
    check(
        "assign 1 web
         forget 1
         assign 2 web
         stop 2",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > forget 1
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHING (STOPPED)
              save node at generation Some(2)
              applied 2
            > assign 2 web
              save 2 PROVISIONING durably
              attach 2
              report 2 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(3)
              applied 3
            > stop 2
              save 2 DEPROVISIONING durably
              report 2 DEPROVISIONING ATTACHING (STOPPED)
              save node at generation Some(4)
              applied 4
        "#]],
    );
}

#[test]
fn a_removal_that_fails_holds_the_release_but_not_the_stop() {
    check(
        "assign 1 web
         stop 1
         saved 1
         removed 1 web
         filesremoved 1
         detached 1 no the link is stuck
         wait 5000
         detached 1 no the link is stuck
         wait 5000
         detached 1 no the link is stuck
         wait 5000
         detached 1",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > stop 1
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHING (STOPPED)
              save node at generation Some(2)
              applied 2
            > saved 1
              remove 1 web
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED)
              wake never
            > removed 1 web
              remove files 1
            > filesremoved 1
            > detached 1 no the link is stuck
              wake at 5000
            > wait 5000
              detach 1
            > detached 1 no the link is stuck
              wake at 10000
            > wait 5000
              detach 1
            > detached 1 no the link is stuck
              save 1 STOPPED
              report 1 STOPPED DETACHING (STOPPED)
              wake at 15000
            > wait 5000
              detach 1
            > detached 1
              save 1 STOPPED
              report 1 STOPPED DELETED (STOPPED) released
        "#]],
    );
}

#[test]
fn old_updates_are_refused_and_gaps_are_asked_about() {
    check(
        "assign 1 web
         assign 2 web
         old
         gap
         whole 2
         session other
         whole 2",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > assign 2 web
              save 2 PROVISIONING durably
              attach 2
              report 2 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(2)
              applied 2
            > old
              applied 2
            > gap
              resync
            > whole 2
              report 2 PROVISIONING ATTACHING (PENDING)
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHING (STOPPED)
              save node at generation Some(3)
              applied 3
            > session other
              save node at generation None
              report 1 DEPROVISIONING ATTACHING (STOPPED)
              report 2 PROVISIONING ATTACHING (PENDING)
            > whole 2
              report 2 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(4)
              applied 4
        "#]],
    );
}

#[test]
fn a_restarted_agent_takes_hold_of_what_runs() {
    check(
        "assign 1 web side?
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         created 1 side
         started 1 web
         started 1 side
         restart 1/web=running 1/side=7
         saved 1
         attached 1 again the kernel is busy
         wait 500
         attached 1",
        expect![[r#"
            > assign 1 web side?
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              create 1 side
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 web
            > created 1 side
              start 1 web
              start 1 side
              wake at 180000
            > started 1 web
              report 1 ACTIVATING ATTACHED (RUNNING) (PENDING)
            > started 1 side
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) (RUNNING) started@0
              wake never
            > restart 1/web=running 1/side=7
              save 1 RUNNING durably
              attach 1
              report 1 RUNNING ATTACHING (RUNNING) (STOPPED 7) started@0
              wake at 60000
            > saved 1
              acknowledge exit 1 side
            > attached 1 again the kernel is busy
              wake at 500
            > wait 500
              attach 1
              wake at 60000
            > attached 1
              report 1 RUNNING ATTACHED (RUNNING) (STOPPED 7) started@0
              wake never
        "#]],
    );
}

#[test]
fn a_restarted_agent_goes_on_in_the_middle_of_a_start() {
    check(
        "assign 1 a b
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 a
         restart 1/a=created
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 b",
        expect![[r#"
            > assign 1 a b
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 a
              create 1 b
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 a
            > restart 1/a=created
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 b
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 b
              start 1 a
              start 1 b
              wake at 180000
        "#]],
    );
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         restart 1/web=running
         attached 1
         files 1
         pulled 1 hello",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              start 1 web
              wake at 180000
            > restart 1/web=running
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (RUNNING)
              wake at 60000
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (RUNNING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) started@0
              wake never
        "#]],
    );
}

#[test]
fn a_task_that_started_and_ended_while_nobody_was_there_did_start() {
    check(
        "assign 1 a b
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 a
         created 1 b
         wait 100
         restart 1/a=0 1/b=running",
        expect![[r#"
            > assign 1 a b
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING) (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING) (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 a
              create 1 b
              report 1 ACTIVATING ATTACHED (PENDING) (PENDING)
              wake at 240000
            > created 1 a
            > created 1 b
              start 1 a
              start 1 b
              wake at 180000
            > wait 100
            > restart 1/a=0 1/b=running
              save 1 STOPPING durably
              signal 1 b 15
              report 1 STOPPING ATTACHING (STOPPED 0) (RUNNING) started@100 ended@100 EssentialContainerExited: Essential container in task exited
              wake at 30100
        "#]],
    );
}

#[test]
fn a_container_that_was_found_running_does_not_need_its_image_again() {
    check(
        "assign 1 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         restart 1/web=running
         attached 1
         files 1
         pulled 1 hello no image hello:latest is not on this node",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
              wake at 7200000
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
              wake at 240000
            > created 1 web
              start 1 web
              wake at 180000
            > restart 1/web=running
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (RUNNING)
              wake at 60000
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (RUNNING)
            > files 1
              wake at 7200000
            > pulled 1 hello no image hello:latest is not on this node
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) started@0
              wake never
        "#]],
    );
}

#[test]
fn a_container_that_is_gone_after_a_restart_has_vanished() {
    let start =
        "assign 1 web\n saved 1\n attached 1\n files 1\n pulled 1 hello\n created 1 web\n started 1 web\n";
    let last_report = |end: &str| {
        let transcript = run(&format!("{start} {end}"));
        transcript.lines().rev().find(|line| line.contains("report")).expect("a report").trim().to_owned()
    };
    expect!["report 1 DEPROVISIONING ATTACHING (STOPPED ContainerVanishedError: No container matching saved ID found) started@0 ended@0 EssentialContainerExited: Essential container in task exited"].assert_eq(&last_report("restart"));
    expect!["report 1 DEPROVISIONING ATTACHING (STOPPED ContainerVanishedError: The host was restarted while the container ran) started@0 ended@0 EssentialContainerExited: Essential container in task exited"].assert_eq(&last_report("restart reboot"));
}

#[test]
fn a_task_that_may_run_once_is_dead_before_its_lease_ends() {
    check(
        "assign 1 once web
         assign 2 web
         saved 1
         attached 1
         files 1
         pulled 1 hello
         created 1 web
         started 1 web
         lease 4000
         wait 4000
         exited 1 web 137",
        expect![[r#"
            > assign 1 once web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > assign 2 web
              save 2 PROVISIONING durably
              attach 2
              report 2 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(2)
              applied 2
            > saved 1
            > attached 1
              make files 1
              pull 1 hello
              report 1 PENDING ATTACHED (PENDING)
            > files 1
            > pulled 1 hello
              create 1 web
              report 1 ACTIVATING ATTACHED (PENDING)
            > created 1 web
              start 1 web
            > started 1 web
              save 1 RUNNING
              report 1 RUNNING ATTACHED (RUNNING) started@0
            > lease 4000
              save 1 STOPPING
              signal 1 web 15
              report 1 STOPPING ATTACHED (RUNNING) started@0 InfrastructureHealth: The node lost its control plane, and the task may run at most once: it was stopped before its lease ended.
              wake at 4000
            > wait 4000
              kill 1 web
              wake at 14000
            > exited 1 web 137
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHED (STOPPED 137) started@0 ended@4000 InfrastructureHealth: The node lost its control plane, and the task may run at most once: it was stopped before its lease ended.
              wake at 60000
        "#]],
    );
}

#[test]
fn a_new_session_hears_of_every_task() {
    check(
        "assign 1 web
         stop 1
         saved 1
         session here",
        expect![[r#"
            > assign 1 web
              save 1 PROVISIONING durably
              attach 1
              report 1 PROVISIONING ATTACHING (PENDING)
              save node at generation Some(1)
              applied 1
              wake at 60000
            > stop 1
              save 1 DEPROVISIONING durably
              report 1 DEPROVISIONING ATTACHING (STOPPED)
              save node at generation Some(2)
              applied 2
            > saved 1
              remove 1 web
              detach 1
              report 1 DEPROVISIONING DETACHING (STOPPED)
              wake never
            > session here
              save node at generation None
              report 1 DEPROVISIONING DETACHING (STOPPED)
        "#]],
    );
}
