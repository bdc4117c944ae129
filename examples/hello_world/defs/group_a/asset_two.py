from dagster_pipes import PipesContext, open_dagster_pipes


def main(pipes: PipesContext) -> None:
    pipes.log.info("Hello from asset two.")
    pipes.report_asset_materialization(metadata={"greeting": "hello"})


if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        main(pipes)
