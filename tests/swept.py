"""Sweeping of files, part by part, and what then must hold."""

from tracker.core import attached
from tracker.core.attached import FILES
from tracker.core.trees import nodes
from tracker.services import file_sweeps
from tracker.services.world import World
from tracker.store import attached as stored

PARTS = (
    (file_sweeps.deleted, file_sweeps.bury),
    (file_sweeps.unfinished, file_sweeps.drop_unfinished),
    (file_sweeps.unseen, file_sweeps.look),
)


def sweep_files(world: World) -> None:
    """Do each part until nothing of it is due."""
    for due, work in PARTS:
        while found := due(world, 10, ()):
            for one in found:
                while work(world, one):
                    pass


def blobs_of(world: World) -> list[str]:
    """The keys of all that is stored."""
    assert world.blobs
    return [kept.key for kept in world.blobs.listed("", 1_000)]


def counted(world: World) -> dict[str, int]:
    """How many files every task says it has, by its id; each must have that many, with their bytes,
    and nothing else may be stored.
    """
    found: dict[str, int] = {}
    for tree in world.store.db.trees.find({}):
        for node in nodes(tree["root"]):
            found[node["id"]] = attached.tally(node, FILES)["count"]
            kept = stored.of_task(world.store, FILES, node["id"])
            assert len(kept) == found[node["id"]]
            newest = [file["_id"] for file in kept][-attached.NEWEST :]
            assert attached.tally(node, FILES)["newest"] == newest
    everything = list(world.store.db.files.find({}))
    assert len(everything) == sum(found.values())
    assert sorted(file["key"] for file in everything) == blobs_of(world)
    return found
