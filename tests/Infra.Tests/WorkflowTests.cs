using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

public sealed partial class WorkflowTests
{
    private static readonly Dictionary<string, string[]> Rights = new(StringComparer.Ordinal)
    {
        ["ci.yml"] = [],
        ["deploy.yml"] = ["deploy: contents read", "deploy: id-token write"],
        ["azure-dev.yml"] = ["deploy: contents read", "deploy: id-token write"],
        ["codeql.yml"] = ["analyse: contents read", "analyse: security-events write"],
        ["mutants.yml"] = [],
        ["release.yml"] = ["publish: attestations write", "publish: contents write", "publish: id-token write", "publish: packages write"],
    };

    [Fact]
    public void A_workflow_asks_for_no_more_rights_than_it_needs()
    {
        Files().ShouldBe(Rights.Keys, ignoreOrder: true);
        foreach ((string file, string[] rights) in Rights)
        {
            JsonNode workflow = Yaml.Read($".github/workflows/{file}");

            workflow["permissions"]!.AsObject().ShouldHaveSingleItem().Value!.GetValue<string>().ShouldBe("read", file);
            string[] asked = [.. workflow["jobs"]!.AsObject().SelectMany(job => (job.Value!["permissions"]?.AsObject() ?? []).Select(right => $"{job.Key}: {right.Key} {right.Value}"))];
            string.Join(", ", asked.Order(StringComparer.Ordinal)).ShouldBe(string.Join(", ", rights), file);
            workflow["jobs"]!.AsObject().ShouldAllBe(job => job.Value!["timeout-minutes"] != null || job.Value["uses"] != null);
        }
    }

    // A tag can be moved to other code; a commit can not. What the commit is called stands behind it, and Dependabot keeps both.
    [Fact]
    public void Every_action_is_named_by_its_commit_and_its_version()
    {
        string[] uses = [.. Files().SelectMany(file => Repository.Text($".github/workflows/{file}").Split('\n')).Where(line => line.Contains("uses: ", StringComparison.Ordinal) && !line.Contains("uses: ./", StringComparison.Ordinal))];

        uses.Length.ShouldBeGreaterThan(10);
        uses.ShouldAllBe(line => Pinned().IsMatch(line));
    }

    // Node 20 is past its end, and the storage emulator asks for 22.
    [Fact]
    public void The_workflows_run_a_node_that_is_kept()
    {
        string[] versions = [.. Files().SelectMany(file => NodeVersion().Matches(Repository.Text($".github/workflows/{file}")).Select(match => match.Groups[1].Value))];

        versions.ShouldNotBeEmpty();
        versions.ShouldAllBe(version => version == "24");
    }

    // Inside a script an expression would be code; a variable of its own is text.
    [Fact]
    public void No_script_holds_an_expression()
    {
        foreach (string file in Files())
        {
            JsonNode[] steps = [.. Yaml.Read($".github/workflows/{file}")["jobs"]!.AsObject().SelectMany(job => job.Value!["steps"]?.AsArray() ?? []).Select(step => step!)];
            steps.ShouldAllBe(step => step["run"] == null || !step["run"]!.GetValue<string>().Contains("${{", StringComparison.Ordinal));
        }
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

    // Any other variable of the environment, PATH among them, would change what the steps run.
    [Fact]
    public void Deployment_takes_the_profile_of_the_environments_name_and_the_variables_the_template_reads()
    {
        JsonNode workflow = Yaml.Read(".github/workflows/deploy.yml");
        JsonObject variables = workflow["jobs"]!["deploy"]!["env"]!.AsObject();
        string[] own = ["AZURE_ENV_NAME", "AZURE_LOCATION", "AZURE_SUBSCRIPTION_ID", "AZURE_PRINCIPAL_TYPE", "AZURE_CLIENT_ID", "AZURE_TENANT_ID", "PROFILE"];
        string[] secrets = ["ALERT_WEBHOOK"];
        string[] given = [.. ParameterFile.Variables.Except(own).Except(["AZURE_PRINCIPAL_ID", .. secrets]), "SECRETS_BY_HAND"];

        variables["PROFILE"]!.GetValue<string>().ShouldBe("${{ vars.PROFILE || inputs.environment }}");
        variables.Select(variable => variable.Key).ShouldBe([.. own, .. given, .. secrets], ignoreOrder: true);
        given.ShouldAllBe(name => variables[name]!.GetValue<string>() == $"${{{{ vars.{name} }}}}");
        secrets.ShouldAllBe(name => variables[name]!.GetValue<string>() == $"${{{{ secrets.{name} }}}}");
        Yaml.Read("azure.yaml")["pipeline"]!["secrets"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(secrets);
        Yaml.Read(".github/workflows/azure-dev.yml")["jobs"]!["deploy"]!["secrets"]!.AsObject().Select(secret => secret.Key).ShouldBe(secrets);
        Repository.Text(".github/workflows/deploy.yml").ShouldNotContain("GITHUB_ENV");
        workflow["on"]!["workflow_dispatch"]!["inputs"]!["environment"]!["options"]!.AsArray().Select(option => option!.GetValue<string>()).ShouldBe(Snapshot.Names, ignoreOrder: true);
        Yaml.Read("azure.yaml")["pipeline"]!["variables"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe([.. given, "PROFILE"], ignoreOrder: true);
    }

    [Fact]
    public void Azds_own_workflow_deploys_as_the_other_one_does()
    {
        JsonNode job = Yaml.Read(".github/workflows/azure-dev.yml")["jobs"]!["deploy"]!;

        job["uses"]!.GetValue<string>().ShouldBe("./.github/workflows/deploy.yml");
        Yaml.Read(".github/workflows/deploy.yml")["on"]!.AsObject().ShouldContainKey("workflow_call");
    }

    [Fact]
    public void A_release_passes_the_tests_first_and_has_its_words_in_the_changelog()
    {
        JsonNode release = Yaml.Read(".github/workflows/release.yml");

        release["jobs"]!["test"]!["uses"]!.GetValue<string>().ShouldBe("./.github/workflows/ci.yml");
        release["jobs"]!["publish"]!["needs"]!.GetValue<string>().ShouldBe("test");
        Repository.Text(".github/workflows/release.yml").ShouldContain("CHANGELOG.md has nothing under");
        Repository.Text("CHANGELOG.md").ShouldContain("\n## Unreleased\n");
    }

    // A project that can't be packed makes a warning and no package.
    [Fact]
    public async Task Every_tool_that_a_release_packs_can_be_packed()
    {
        string[] projects = PackedProjects().Match(Repository.Text(".github/workflows/release.yml")).Groups[1].Value.Split(' ');

        projects.Length.ShouldBe(2);
        foreach (string project in projects)
        {
            CommandResult result = await CommandLine.RunAsync("dotnet", Repository.PathOf("."), "msbuild", $"src/{project}/{project}.csproj", "-getProperty:IsPackable", "-getProperty:PackAsTool");

            result.ExitCode.ShouldBe(0, result.Everything);
            JsonNode properties = JsonNode.Parse(result.Output)!["Properties"]!;
            properties["IsPackable"]!.GetValue<string>().ShouldBe("true", project);
            properties["PackAsTool"]!.GetValue<string>().ShouldBe("true", project);
        }
    }

    // Who takes an image asks where it comes from, by its digest: a tag can be moved.
    [Fact]
    public void Every_image_that_a_release_publishes_is_attested()
    {
        JsonNode[] steps = [.. Yaml.Read(".github/workflows/release.yml")["jobs"]!["publish"]!["steps"]!.AsArray()!];
        JsonNode push = steps.Single(step => step["id"]?.GetValue<string>() == "images");
        string[] images = [.. PushedImages().Matches(push["run"]!.GetValue<string>()).Select(match => match.Groups[1].Value)];
        JsonNode[] attested = [.. steps.Where(step => step["with"]?["subject-digest"] != null).Select(step => step["with"]!)];

        images.Length.ShouldBe(2);
        attested.Select(with => with["subject-name"]!.GetValue<string>()).ShouldBe(images.Select(image => $"ghcr.io/${{{{ steps.images.outputs.owner }}}}/{image}"));
        attested.Select(with => with["subject-digest"]!.GetValue<string>()).ShouldBe(images.Select(image => $"${{{{ steps.images.outputs.{image} }}}}"));
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

    // The script runs the commands of docs/tour.md and compares with the answers printed there: nothing of the tour is written down twice.
    [Fact]
    public void The_tour_is_that_of_its_page()
    {
        string script = Repository.Text(".github/workflows/tour.sh");
        string tour = Repository.Text("docs/tour.md");
        string[] lines = [.. tour.Split('\n').Where(line => line.StartsWith("$ ", StringComparison.Ordinal) || line.StartsWith('{') || line.StartsWith('['))];

        script.ShouldContain("tour=$(dirname \"$0\")/../../docs/tour.md");
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

    private static string[] Files() => [.. Directory.EnumerateFiles(Repository.PathOf(".github/workflows"), "*.yml").Select(file => Path.GetFileName(file))];

    [GeneratedRegex("uses: [\\w-]+/[\\w/-]+@[0-9a-f]{40} # v[0-9]+(\\.[0-9]+)*$", RegexOptions.None, 1000)]
    private static partial Regex Pinned();

    [GeneratedRegex("for project in ([\\w ]+); do", RegexOptions.None, 1000)]
    private static partial Regex PackedProjects();

    [GeneratedRegex("(?:LocalHost|TrackApiSandbox) ([\\w-]+)", RegexOptions.None, 1000)]
    private static partial Regex PushedImages();

    [GeneratedRegex("node-version: ([0-9]+)", RegexOptions.None, 1000)]
    private static partial Regex NodeVersion();
}
