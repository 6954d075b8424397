from tests.support.data_folder import warmed
from writer.bootstrap import build
from writer.domain.actors import LOCAL_ACTOR
from writer.samples import SAMPLES
from writer.settings import read_settings


def test_samples_have_their_own_titles_before_and_after_they_are_read(tmp_path):
    app = build(read_settings({"HOME": str(tmp_path), "WRITER_DATA_DIR": str(warmed(tmp_path / "data"))}))
    try:
        added = {source.filename: source.title for source in app.sources.add_samples(LOCAL_ACTOR)}
        assert added == {sample.filename: sample.title for sample in SAMPLES}

        app.start()
        for source in app.sources.listing(LOCAL_ACTOR):
            list(app.jobs.follow(app.jobs.for_source(source.id, LOCAL_ACTOR).id, LOCAL_ACTOR))
        read = {source.filename: source.title for source in app.sources.listing(LOCAL_ACTOR)}
        assert read["engineers-note.txt"] == "Harbour heat plant: a note by its engineers"
        assert set(read) == set(added)
    finally:
        app.close()
