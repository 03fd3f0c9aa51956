import psycopg


def test_the_tests_run_on_both_servers(server_18: str, server_15: str) -> None:
    def version(url: str) -> int:
        with psycopg.connect(url) as connection:
            return connection.info.server_version // 10000

    assert (version(server_18), version(server_15)) == (18, 15)


def test_a_test_gets_an_empty_database_of_its_own(any_connection: psycopg.Connection) -> None:
    row = any_connection.execute("select count(*) from pg_tables where schemaname = 'public'")
    assert row.fetchone() == (0,)
