"""Which files of tests take longest: a worker that begins one of them last is alone in the end.

Measured with five workers on two cores, a third of a minute or more each at that time. They come first, and whatever is
not here after them, each in any order. Nothing but the time depends on it.
"""

LONGEST = (
    "tests/gui/test_pseudo_translation.py",
    "tests/gui/test_pseudo_pages.py",
    "tests/backend/explorer/test_failovers.py",
    "tests/gui/service/test_page.py",
    "tests/gui/test_pseudo_service.py",
    "tests/backend/service/test_explored.py",
    "tests/gui/app/test_window_controls.py",
    "tests/gui/compare/test_page.py",
    "tests/gui/app/test_window_life.py",
    "tests/gui/app/test_window.py",
    "tests/backend/explorer/test_reduction.py",
    "tests/backend/service/test_bad_input.py",
    "tests/backend/strategies/test_your_own.py",
    "tests/backend/explorer/test_replay.py",
    "tests/test_command_line.py",
    "tests/backend/instance/test_api.py",
    "tests/backend/engines/test_end_of_a_lab.py",
    "tests/gui/lab/test_all_exhibits.py",
    "tests/gui/app/test_stage.py",
    "tests/test_survey_command.py",
    "tests/backend/service/test_lab_strategies.py",
    "tests/backend/explorer/test_zookeeper.py",
    "tests/gui/explore/test_page.py",
    "tests/test_interrupted_command_line.py",
    "tests/backend/neighbours/test_postgresql.py",
    "tests/backend/explorer/test_faults.py",
    "tests/backend/neighbours/test_mariadb.py",
    "tests/gui/app/test_every_table.py",
    "tests/backend/explorer/test_counts.py",
    "tests/gui/app/test_first_minute.py",
    "tests/backend/explorer/test_workers.py",
    "tests/test_attacked_command_line.py",
    "tests/gui/advisor/test_guidance.py",
    "tests/backend/explorer/test_cluster.py",
    "tests/backend/explorer/test_mariadb.py",
    "tests/gui/app/test_app.py",
)
