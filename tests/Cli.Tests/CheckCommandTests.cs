using CustomerIoDestination.Cli.Checking;
using CustomerIoDestination.Cli.Configuration;
using CustomerIoDestination.Cli.Tests.Support;
using CustomerIoDestination.TrackApi;

namespace CustomerIoDestination.Cli.Tests;

public sealed class CheckCommandTests : IDisposable
{
    private const string Rules = """{"transformations": [{"operation": "renameEvent", "on": ["Purchase"], "to": "Order Completed"}, {"operation": "dropEvent", "on": "events", "when": {"property": "staff", "equals": true}, "name": "our own people"}]}""";
    private const string Purchase = """{"type": "track", "event": "Purchase", "userId": "u1", "properties": {"total": 1}}""";

    private readonly CliRig _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task Good_rules_and_cases_exit_with_zero()
    {
        (await CheckAsync($$"""{"given": {{Purchase}}, "expect": {"requests": [{"body": {"name": "Order Completed"} }], "warnings": []} }""")).ShouldBe(0);
        _cli.Output.ShouldContain("✓ rules: 2 transformations");
        _cli.Output.ShouldContain("✓ case: one");
    }

    [Fact]
    public async Task What_stands_in_the_local_hosts_file_is_checked_too_and_the_other_files_word_counts_before_it()
    {
        _cli.Write("appsettings.json", """{"Delivery": {"RequestsPerSecond": "fast", "Mode": "batch"}, "Ingest": {"Keys": ["short"]} /* as the host reads it */ }""");
        (await _cli.RunAsync("check", "--offline")).ShouldBe(1);
        _cli.Output.ShouldContain("Delivery__RequestsPerSecond");
        _cli.Output.ShouldContain("Ingest__Keys__0");

        _cli.Write("local.settings.json", """{"Values": {"Delivery__RequestsPerSecond": "50", "Ingest__Keys__0": "an ingest key of some length"} }""");
        (await _cli.RunAsync("check", "--offline")).ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"Values": {"Delivery__RequestsPerSecond": "fast", "Delivery:RequestsPerSecond": "50"} }""", 0)]
    [InlineData("""{"Values": {"Delivery__RequestsPerSecond": "50", "delivery__requestspersecond": "fast"} }""", 1)]
    [InlineData("""{"Values": {"Delivery__RequestsPerSecond": "fast", "Delivery__RequestsPerSecond": "50"} }""", 0)]
    public async Task Of_a_setting_that_is_given_twice_the_last_counts(string settings, int exitCode)
    {
        _cli.Write("local.settings.json", settings);

        (await _cli.RunAsync("check", "--offline")).ShouldBe(exitCode);
    }

    [Fact]
    public async Task The_file_of_the_hosts_environment_counts_before_the_one_of_all()
    {
        _cli.Write("appsettings.json", """{"Delivery": {"RequestsPerSecond": "50"}}""");
        _cli.Write("appsettings.Production.json", """{"Delivery": {"RequestsPerSecond": "fast"}}""");
        (await _cli.RunAsync("check", "--offline")).ShouldBe(1);
        _cli.Output.ShouldContain("Delivery__RequestsPerSecond");
    }

    [Theory]
    [InlineData("A", "B", "B")]
    [InlineData("A", null, "A")]
    [InlineData(null, null, "Production")]
    public void The_hosts_environment_is_named_as_the_host_names_it(string? aspNetCore, string? dotNet, string name) =>
        CliConfiguration.HostEnvironment(variable => variable == "DOTNET_ENVIRONMENT" ? dotNet : variable == "ASPNETCORE_ENVIRONMENT" ? aspNetCore : null).ShouldBe(name);

    [Theory]
    [InlineData("{\n\"Delivery\": ", "appsettings.json is no JSON at line 2")]
    [InlineData("[]", "appsettings.json can't be taken: Top-level JSON element must be an object")]
    [InlineData("""{"Delivery": {"Mode": "batch"}, "delivery:mode": "single"}""", "appsettings.json can't be taken: A duplicate key 'delivery:mode' was found")]
    [InlineData("""{"Mapping": {"EventIdProperty": "\ud800"}}""", "appsettings.json holds half of a surrogate pair")]
    public async Task A_file_that_stops_the_hosts_start_is_a_problem(string text, string message)
    {
        _cli.Write("appsettings.json", text);
        (await _cli.RunAsync("check", "--offline")).ShouldBe(1);
        _cli.Output.ShouldContain(message);
    }

    [Fact]
    public async Task A_case_that_fails_is_shown_with_a_difference_and_exits_with_one()
    {
        (await CheckAsync($$"""{"name": "named", "given": {{Purchase}}, "expect": {"requests": [{"body": {"name": "Bought", "data": {"total": 1, "tax": 2} } }]} }""")).ShouldBe(1);
        _cli.Output.ShouldContain("✗ case: named");
        _cli.Output.ReplaceLineEndings("\n").ShouldContain("    requests[0].body.name\n      - expected  \"Bought\"\n      + came out  \"Order Completed\"\n    requests[0].body.data.tax\n      - expected  2\n      + came out  nothing\n");
    }

    [Theory]
    [InlineData("""{"skipped": "filtered", "rule": "transformations[1]"}""", 0)]
    [InlineData("""{"skipped": "filtered", "rule": "our own people"}""", 0)]
    [InlineData("""{"skipped": "filtered", "rule": "somebody else"}""", 1)]
    [InlineData("""{"skipped": "filtered"}""", 0)]
    [InlineData("""{"skipped": "opted_out"}""", 1)]
    [InlineData("""{"requests": []}""", 1)]
    public async Task A_skipped_event_can_be_expected(string expect, int exitCode) =>
        (await CheckAsync($$"""{"given": {"type": "track", "event": "x", "userId": "u1", "properties": {"staff": true} }, "expect": {{expect}} }""")).ShouldBe(exitCode);

    [Theory]
    [InlineData("""{"invalid": ["missing_identifier"]}""", 0)]
    [InlineData("""{"invalid": ["limit_exceeded"]}""", 1)]
    public async Task An_invalid_event_can_be_expected(string expect, int exitCode) =>
        (await CheckAsync($$"""{"given": {"type": "track", "event": "x"}, "expect": {{expect}} }""")).ShouldBe(exitCode);

    [Theory]
    [InlineData("{", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("""{"given": {}}""", "are needed")]
    [InlineData("""{"given": {}, "expect": {}}""", "are needed")]
    [InlineData("""{"given": {}, "expect": {"request": []}}""", "\"expect.request\" is unknown")]
    [InlineData("""{"given": {}, "then": 1, "expect": {"skipped": "x"}}""", "\"then\" is unknown")]
    [InlineData("""{"given": {}, "settings": {"Mapping__Nothing": "1"}, "expect": {"skipped": "x"}}""", "settings are not valid")]
    [InlineData("""{"given": {}, "receivedAt": "soon", "expect": {"skipped": "x"}}""", "soon")]
    public async Task A_file_that_is_no_case_fails(string text, string message)
    {
        (await CheckAsync(text)).ShouldBe(1);
        _cli.Output.ShouldContain(message);
    }

    [Fact]
    public async Task A_case_may_have_settings_and_a_time_of_its_own() =>
        (await CheckAsync("""
            {"given": {"type": "identify", "userId": "u1", "traits": {"email": "a@b.co"} }, "settings": {"Mapping__PersonIdentifier": "email"}, "receivedAt": "2026-01-01T00:00:00Z",
             "expect": {"requests": [{"path": "/api/v1/customers/a%40b.co", "body": {"_timestamp": 1767225600} }]} }
            """)).ShouldBe(0);

    [Fact]
    public async Task Every_problem_of_the_rules_is_told_with_its_path()
    {
        _cli.Write("destination.json", """{"pages": 1, "transformations": [{"operation": "dropEvent", "on": "all"}]}""");
        (await RunAsync()).ShouldBe(1);
        _cli.Output.ShouldContain("✗ rules: 2 problems");
        _cli.Output.ShouldContain("pages is a number; true or false was expected");
        _cli.Output.ShouldContain("transformations[0] has no \"when\"");
    }

    [Fact]
    public async Task A_rule_that_never_applies_is_refused_and_one_that_may_be_meant_is_a_warning()
    {
        _cli.Write("destination.json", """{"transformations": [{"operation": "dropEvent", "on": "events", "when": {"page": "conditions/*"}}]}""");
        (await RunAsync()).ShouldBe(1);
        _cli.Output.ShouldContain("transformations[0].when.page \"conditions/*\" never matches");

        _cli.Write("destination.json", """{"privacy": {"allow": {"traits": ["Email"]}}}""");
        (await RunAsync()).ShouldBe(0);
        _cli.Output.ShouldContain("! privacy.allow.traits[0] \"Email\" is another name than \"email\"");
    }

    [Fact]
    public async Task A_misspelt_setting_is_refused_and_one_in_capitals_is_a_warning()
    {
        _cli.Write("destination.json", "{}");
        _cli.Write("local.settings.json", """{"Values": {"CustomerIo_SiteId": "s"} }""");
        (await RunAsync()).ShouldBe(1);
        _cli.Output.ShouldContain("CustomerIo_SiteId is no setting of this product; did you mean CustomerIo__SiteId?");

        _cli.Write("local.settings.json", """{"Values": {"CUSTOMERIO_SITE_ID": "s"} }""");
        (await RunAsync()).ShouldBe(0);
        _cli.Output.ShouldContain("! CUSTOMERIO_SITE_ID is not read; if the setting CustomerIo__SiteId was meant, write it so");
    }

    [Fact]
    public async Task Every_problem_of_the_settings_is_told()
    {
        _cli.Write("destination.json", "{}");
        _cli.Write("local.settings.json", """{"Values": {"Delivery__RequestsPerSecond": "fast", "Mapping__Nothing": "1"} }""");
        (await RunAsync()).ShouldBe(1);
        _cli.Output.ShouldContain("✗ settings: 2 problems");
    }

    [Theory]
    [InlineData("{\"Values\": {\"Mapping__EventIdProperty\": \"\\ud800\"}}")]
    [InlineData("{\"Values\": {\"\\ud800\": \"x\"}}")]
    public async Task Half_of_a_surrogate_pair_in_the_settings_is_a_problem_of_their_file(string text)
    {
        _cli.Write("destination.json", "{}");
        _cli.Write("local.settings.json", text);
        (await RunAsync()).ShouldBe(1);
        _cli.Output.ShouldContain("local.settings.json holds half of a surrogate pair");
    }

    [Theory]
    [InlineData("{}", 0, "the local host delivers to its sandbox")]
    [InlineData("""{"Admin__Keys__0": "a-key-long-enough-to-be-one"}""", 1, "no site id, and Admin__Keys is set")]
    [InlineData("""{"Admin__Keys__0": "a-key-long-enough-to-be-one", "Sandbox__Enabled": "true"}""", 0, "the local host delivers to its sandbox")]
    public async Task Without_a_site_id_the_check_says_whether_a_host_would_start(string settings, int exitCode, string message)
    {
        string rules = _cli.Write("destination.json", "{}");
        _cli.Write("local.settings.json", $"{{\"Values\": {settings} }}");

        (await _cli.RunAsync("check", "--rules", rules)).ShouldBe(exitCode);

        _cli.Output.ShouldContain(message);
        _cli.Host.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task Keys_without_a_workspace_are_warned_of_where_Customer_io_is_left_out_because_the_rest_may_lie_elsewhere()
    {
        _cli.Write("local.settings.json", """{"Values": {"Ingest__Keys__0": "a-key-long-enough-to-be-one"} }""");

        (await RunAsync("{}")).ShouldBe(0);

        _cli.Output.ShouldContain("! Customer.io: no site id here, and Ingest__Keys is set, so real events may come; set CustomerIo__SiteId and CustomerIo__ApiKey, or Sandbox__Enabled=true");
    }

    [Theory]
    [InlineData("http_503", 503, "answers 503, which does not tell whether site id and key fit; try again later")]
    [InlineData("timeout", null, "gives no answer (timeout)")]
    public void A_workspace_that_could_not_be_asked_is_told_by_what_it_answered(string code, int? status, string problem) =>
        WorkspaceCheck.Problem(new PingResult.NoAnswer(code, status)).ShouldBe(problem);

    [Fact]
    public async Task The_secret_of_hashes_is_read_from_the_settings()
    {
        _cli.Write("destination.json", """{"transformations": [{"operation": "hashProperty", "on": "all", "property": "a"}]}""");
        (await RunAsync()).ShouldBe(1);
        _cli.Write("local.settings.json", """{"Values": {"Rules__HashSecret": "a secret of some length"} }""");
        (await RunAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task Brackets_in_names_are_shown_as_they_are()
    {
        _cli.Write("destination.json", """{"[red]": 1}""");
        (await RunAsync()).ShouldBe(1);
        _cli.Output.ShouldContain("[\"[red]\"] is unknown");
    }

    private Task<int> CheckAsync(string text)
    {
        _cli.Write("destination.json", Rules);
        _cli.Write("one.case.json", text);
        return RunAsync();
    }

    private Task<int> RunAsync(string rules)
    {
        _cli.Write("destination.json", rules);
        return RunAsync();
    }

    private Task<int> RunAsync() => _cli.RunAsync("check", "--offline", "--rules", Path.Combine(_cli.Folder, "destination.json"));
}
