//! Several clients that call at once, each again as soon as it has its answer.

use crate::ecs::Ecs;
use anyhow::Result;

/// How many call at once.
pub(super) const CLIENTS: usize = 8;

/// Each client calls this often; what the calls gave, of all.
pub(super) fn at_once<T: Send>(
    clients: &mut [Ecs],
    calls: usize,
    call: impl Fn(&mut Ecs) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let repeatedly = |ecs: &mut Ecs| (0..calls).map(|_| call(ecs)).collect::<Result<Vec<T>>>();
    std::thread::scope(|scope| {
        let calling: Vec<_> = clients.iter_mut().map(|ecs| scope.spawn(|| repeatedly(ecs))).collect();
        let mut all = Vec::new();
        for client in calling {
            all.extend(client.join().expect("a client does not panic")?);
        }
        Ok(all)
    })
}
