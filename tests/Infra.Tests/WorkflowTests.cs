using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class WorkflowTests
{
    [Theory]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData(".github/workflows/deploy.yml")]
    public void A_workflow_asks_for_no_more_rights_than_it_needs(string file)
    {
        JsonNode workflow = Yaml.Read(file);

        workflow["permissions"]!.AsObject().ShouldHaveSingleItem().Value!.GetValue<string>().ShouldBe("read");
        workflow["jobs"]!.AsObject().ShouldAllBe(job => job.Value!["timeout-minutes"] != null);
    }

    [Fact]
    public void Ci_builds_the_functions_app_and_fails_where_it_can_not()
    {
        JsonNode build = Yaml.Read(".github/workflows/ci.yml")["jobs"]!["build"]!;

        build["env"]!["RequireFunctionsApp"]!.GetValue<string>().ShouldBe("true");
        build["steps"]!.AsArray().ShouldContain(step => step!["run"] != null && step["run"]!.GetValue<string>() == "bash .ci/run");
    }

    [Fact]
    public void Deployment_signs_in_without_a_stored_secret()
    {
        JsonNode deploy = Yaml.Read(".github/workflows/deploy.yml")["jobs"]!["deploy"]!;

        deploy["permissions"]!["id-token"]!.GetValue<string>().ShouldBe("write");
        Repository.Text(".github/workflows/deploy.yml").ShouldNotContain("client-secret");
    }

    [Fact]
    public void The_rules_are_checked_before_they_are_deployed()
    {
        string[] steps = [.. Yaml.Read(".github/workflows/deploy.yml")["jobs"]!["deploy"]!["steps"]!.AsArray().Select(step => step!["run"]?.GetValue<string>() ?? "")];

        int check = Array.FindIndex(steps, step => step.Contains("src/Cli -- check --offline", StringComparison.Ordinal));
        check.ShouldBeInRange(0, Array.FindIndex(steps, step => step.StartsWith("azd deploy", StringComparison.Ordinal)));
    }

    [Fact]
    public void Deployment_takes_the_profile_of_the_environments_name_and_every_variable_of_the_environment()
    {
        JsonNode workflow = Yaml.Read(".github/workflows/deploy.yml");
        JsonNode deploy = workflow["jobs"]!["deploy"]!;

        deploy["env"]!["PROFILE"]!.GetValue<string>().ShouldBe("${{ vars.PROFILE || inputs.environment }}");
        deploy["steps"]![0]!["env"]!["VARIABLES"]!.GetValue<string>().ShouldBe("${{ toJSON(vars) }}");
        deploy["steps"]![0]!["run"]!.GetValue<string>().ShouldContain("GITHUB_ENV");
        workflow["on"]!["workflow_dispatch"]!["inputs"]!["environment"]!["options"]!.AsArray().Select(option => option!.GetValue<string>()).ShouldBeSubsetOf(Snapshot.Names);
    }
}
