from helpdesk.launch import checks


def test_the_checks_run_in_the_agreed_order() -> None:
    words = [step.title.split()[:2] for step in checks.steps({})]

    assert [" ".join(each) for each in words] == [
        "ruff format",
        "ruff check",
        "lint-imports",
        "mypy .",
        "djlint templates",
        "manage.py check",
        "manage.py makemigrations",
        "pytest -n",
        "pytest -m",
        "manage.py migrate",
        "manage.py demo",
    ]


def test_both_roles_are_pointed_to_the_empty_database() -> None:
    urls = {
        "DATABASE_URL": "postgresql://app:s%40cret@db:5433/desk?sslmode=require",
        "DATABASE_OWNER_URL": "postgresql://owner@/desk?host=/tmp/hd-1&port=5432",
        "REDIS_URL": "redis://r/0",
    }

    assert checks.pointing_to("empty", urls) == {
        "DATABASE_URL": "postgresql://app:s%40cret@db:5433/empty?sslmode=require",
        "DATABASE_OWNER_URL": "postgresql://owner@/empty?host=/tmp/hd-1&port=5432",
    }


def test_production_is_checked_with_a_long_secret_and_https() -> None:
    made_up = checks.production()

    assert made_up["HELPDESK_ENV"] == "production"
    assert len(made_up["HELPDESK_SECRET_KEY"]) == 64
    assert made_up["HELPDESK_PUBLIC_URL"].startswith("https://")
