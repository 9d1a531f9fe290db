using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed class WorkflowTests
{
    [Theory]
    [InlineData(".github/workflows/ci.yml")]
    [InlineData(".github/workflows/deploy.yml")]
    [InlineData(".github/workflows/mutants.yml")]
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
    public void Ci_holds_the_app_on_the_emulator_to_the_list_with_the_keys_it_was_started_with()
    {
        JsonNode[] steps = [.. Yaml.Read(".github/workflows/ci.yml")["jobs"]!["emulator"]!["steps"]!.AsArray()!];
        JsonNode[] started = [.. steps.Where(step => step.ToJsonString(null).Contains("workflows/start.sh", StringComparison.Ordinal)).Select(step => step["env"]!)];
        JsonNode list = steps.Single(step => step["run"]?.GetValue<string>() == "dotnet test tests/ApiContract.Tests")["env"]!;
        JsonNode sample = Repository.Json("local.settings.sample.json")["Values"]!;

        Text(list["DESTINATION_INGEST_KEY"]).ShouldBe(Text(sample["Ingest__Keys__0"]));
        Text(list["DESTINATION_ADMIN_KEY"]).ShouldBe(Text(sample["Admin__Keys__0"]));
        Text(list["DESTINATION_LIFECYCLE_KEY"]).ShouldBe(Text(sample["Ingest__LifecycleKey"]));
        started.Length.ShouldBe(2, "started, and started anew by the tour");
        started.Select(environment => Text(environment["Ingest__SigningSecret"])).Distinct(StringComparer.Ordinal).ShouldBe([Text(list["DESTINATION_SIGNING_SECRET"])]);
        Text(list["DESTINATION_SANDBOX_URL"]).ShouldBe(Text(sample["CustomerIo__TrackApiUrl"]));

        static string Text(JsonNode? value) => value.ShouldNotBeNull().GetValue<string>();
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

    [Fact]
    public void The_readmes_tour_is_taken_against_the_functions_app_on_the_emulator()
    {
        JsonArray steps = Yaml.Read(".github/workflows/ci.yml")["jobs"]!["emulator"]!["steps"]!.AsArray();
        string[] runs = [.. steps.Select(step => step!["run"]?.GetValue<string>() ?? "")];

        int start = Array.FindIndex(runs, run => run.Contains("start.sh", StringComparison.Ordinal));
        int tour = Array.FindIndex(runs, run => run.Contains("tour.sh", StringComparison.Ordinal));
        start.ShouldBeInRange(0, tour);
        steps[tour]!["env"]!["TOUR_RESTART"]!.GetValue<string>().ShouldBe("bash .github/workflows/start.sh");
        Repository.Text(".github/workflows/start.sh").ShouldContain("func start");
    }

    // The script runs the commands of the README and compares with the answers printed there: nothing of the tour is written down twice.
    [Fact]
    public void The_tour_is_the_readmes()
    {
        string script = Repository.Text(".github/workflows/tour.sh");
        string readme = Repository.Text("README.md");
        string tour = readme[readme.IndexOf("## A two-minute tour", StringComparison.Ordinal)..readme.IndexOf("## Set-up", StringComparison.Ordinal)];
        string[] lines = [.. tour.Split('\n').Where(line => line.StartsWith("$ ", StringComparison.Ordinal) || line.StartsWith('{') || line.StartsWith('['))];

        script.ShouldContain("sed -n '/^## A two-minute tour/,/^## Set-up/p'");
        script.ShouldContain($"[ \"$steps\" -ge {lines.Count(line => !line.StartsWith('$'))} ]");
        foreach (string step in new[] { "device-1", "\"createdAt\"", "utm_source", "distinct_id", "unsubscribed", "head -c 1400", "Limits__AttributeValue=trim", "dead-letters/replay", "/api/preview" })
        {
            lines.ShouldContain(line => line.StartsWith('$') && line.Contains(step, StringComparison.Ordinal), step);
        }

        lines.Where(line => line.Contains("curl", StringComparison.Ordinal)).ShouldAllBe(line => line.StartsWith("$ curl -s ", StringComparison.Ordinal));
        lines.Where((line, index) => line.Contains(" curl ", StringComparison.Ordinal) && lines[index + 1][0] == '$').ShouldBeEmpty("every request shows its answer");
    }

    [ShellTheory]
    [InlineData(".github/workflows/start.sh")]
    [InlineData(".github/workflows/tour.sh")]
    [InlineData("infra/snapshots.sh")]
    [InlineData("infra/hooks/budget-start.sh")]
    [InlineData("infra/hooks/secrets.sh")]
    public async Task Every_script_is_one_the_shell_can_read(string script)
    {
        string shell = Repository.Text(script).Split('\n')[0].Contains("bash", StringComparison.Ordinal) ? "bash" : "sh";

        (await CommandLine.RunAsync(shell, Repository.PathOf("."), "-n", script)).Everything.ShouldBe("exit code 0\n\n");
    }
}
