from dagster_pipes import PipesContext, open_dagster_pipes


def main(pipes: PipesContext) -> None:
    pipes.log.info("Hello from assets three and four.")
    for number, key in ((3, "group_a/asset_three"), (4, "group_a/asset_four")):
        pipes.report_asset_materialization(asset_key=key, metadata={"number": number})


if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        main(pipes)
