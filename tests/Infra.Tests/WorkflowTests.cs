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
    public void Ci_holds_the_app_on_the_emulator_to_the_list_with_the_keys_it_was_started_with()
    {
        JsonNode[] steps = [.. Yaml.Read(".github/workflows/ci.yml")["jobs"]!["emulator"]!["steps"]!.AsArray()!];
        JsonNode started = steps.Single(step => step["run"]?.GetValue<string>().Contains("func start", StringComparison.Ordinal) == true)["env"]!;
        JsonNode list = steps.Single(step => step["run"]?.GetValue<string>() == "dotnet test tests/ApiContract.Tests")["env"]!;
        JsonNode sample = Repository.Json("local.settings.sample.json")["Values"]!;

        Text(list["DESTINATION_INGEST_KEY"]).ShouldBe(Text(sample["Ingest__Keys__0"]));
        Text(list["DESTINATION_ADMIN_KEY"]).ShouldBe(Text(sample["Admin__Keys__0"]));
        Text(list["DESTINATION_LIFECYCLE_KEY"]).ShouldBe(Text(sample["Ingest__LifecycleKey"]));
        Text(list["DESTINATION_SIGNING_SECRET"]).ShouldBe(Text(started["Ingest__SigningSecret"]));
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
}
