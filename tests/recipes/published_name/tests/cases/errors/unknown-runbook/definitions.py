from pipes_projects import PipesProject


class Owner(PipesProject):
    @classmethod
    def runbooks(cls):
        return {"late_orders": "https://wiki.example.com/late", "refunds": "wiki"}


defs = Owner.make_defs()
