using System.Text.RegularExpressions;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>What the template refuses before anything is changed (infra/checks.bicep): azd has no part in it, so a what-if refuses it too.</summary>
public sealed partial class ChecksTests
{
    private const string Options = "{ sku: '{0}', messagingUnits: 1, queueSizeMegabytes: {1} }";

    private static readonly (string Call, string Problem)[] Refused =
    [
        (ServiceBus("Standard", 81_920), "QUEUE_SIZE_MEGABYTES: 81920 needs SERVICE_BUS_SKU Premium"),
        ("alwaysReady('ALWAYS_READY_HTTP', 1, true)", "ALWAYS_READY_HTTP: 1 is too few with ZONE_REDUNDANT"),
        ("share('5')", "TELEMETRY__SUCCESSSAMPLING: \"5\" is no share"),
        ("share('0,1')", "TELEMETRY__SUCCESSSAMPLING: \"0,1\" is no share"),
        ("share('1.5')", "TELEMETRY__SUCCESSSAMPLING: \"1.5\" is no share"),
        ("share('0.')", "TELEMETRY__SUCCESSSAMPLING: \"0.\" is no share"),
        ("share('-0.1')", "TELEMETRY__SUCCESSSAMPLING: \"-0.1\" is no share"),
        ("environment('prod.')", "AZURE_ENV_NAME: \"prod.\" ends with a dot"),
        ("environment('my prod')", "AZURE_ENV_NAME: \"my prod\" has other characters"),
        ("callers(['foo'])", "ALLOWED_CALLERS: \"foo\" is no address"),
        ("callers(['203.0.113.7', '203.0.113.300'])", "ALLOWED_CALLERS: \"203.0.113.300\" is no address"),
        ("callers(['203.0.113.0/33'])", "ALLOWED_CALLERS: \"203.0.113.0/33\" is no address"),
        ("callers(['203.0.113.7/'])", "ALLOWED_CALLERS: \"203.0.113.7/\" is no address"),
        ("callers(['2001:db8::/129'])", "ALLOWED_CALLERS: \"2001:db8::/129\" is no address"),
        ("callers(['2001::db8::1'])", "2001::db8::1/128' is not valid"),
        ("operators(['2001:db8::1'])", "ALLOWED_OPERATORS: \"2001:db8::1\" is IPv6"),
        ("operators(['me'])", "ALLOWED_OPERATORS: \"me\" is no address"),
        ("webhookList('http://example.com/a')", "ALERT_WEBHOOK: an address does not begin with https://"),
        ("webhookList('https:///a')", "ALERT_WEBHOOK: an address does not begin with https://"),
        ("webhookList('on-call')", "ALERT_WEBHOOK: an address does not begin with https://"),
        ("budgetStart('2027-01-15', '2026-12-01')", "BUDGET_START: \"2027-01-15\" is no first day"),
        ("budgetStart('January 27', '2026-12-01')", "BUDGET_START: \"January 27\" is no first day"),
    ];

    // Azure reads 10.0.0.1/8 as the whole of 10.0.0.0/8: what is written is what holds.
    private static readonly (string Call, string Answer)[] Taken =
    [
        ($"{ServiceBus("Premium", 81_920)}.queueSizeMegabytes", "81920"),
        ($"{ServiceBus("Standard", 5_120)}.queueSizeMegabytes", "5120"),
        ("alwaysReady('ALWAYS_READY_HTTP', 1, false)", "1"),
        ("alwaysReady('ALWAYS_READY_HTTP', 2, true)", "2"),
        ("join([share('0'), share('1'), share('0.25'), share('1.0')], ' ')", "'0 1 0.25 1.0'"),
        ("environment('Prod-2_eu.(a)')", "'Prod-2_eu.(a)'"),
        ("join(callers(['10.0.0.1/8', '2001:db8:12::7', '203.0.113.7', '2001:DB8::/32']), ' ')", "'10.0.0.0/8 2001:db8:12::7/128 203.0.113.7/32 2001:db8::/32'"),
        ("join(operators(['192.0.2.10', '192.0.2.0/24']), ' ')", "'192.0.2.10 192.0.2.0/24'"),
        ("join(webhookList('https://example.com/a?t=1, HTTPS://example.com/b,'), ' ')", "'https://example.com/a?t=1 HTTPS://example.com/b'"),
        ("length(webhookList(''))", "0"),
        ("budgetStart('', '2026-12-01')", "'2026-12-01'"),
        ("budgetStart('2027-01-01', '2026-12-01')", "'2027-01-01'"),
    ];

    [BicepFact]
    public async Task A_value_that_Azure_would_refuse_or_misread_is_refused_with_its_variables_name_and_the_rest_is_taken()
    {
        string answers = await Bicep.ConsoleAsync([.. Functions(), .. Refused.Select(row => row.Call), .. Taken.Select(row => row.Call)]);

        foreach ((string call, string problem) in Refused)
        {
            answers.ShouldContain(problem, customMessage: call);
        }

        foreach ((string call, string answer) in Taken)
        {
            answers.Split('\n').ShouldContain(answer, $"{call}\n{answers}");
        }

        answers.Split("Failed to evaluate").Length.ShouldBe(Refused.Length + 1, answers);
    }

    [BicepFact]
    public async Task The_template_refuses_it_without_azd()
    {
        CommandResult result = await Bicep.TrySnapshotAsync(new Dictionary<string, string?>(Bicep.EnvironmentVariables("prod"), StringComparer.Ordinal) { ["ZONE_REDUNDANT"] = "true" });

        result.ExitCode.ShouldNotBe(0);
        result.Everything.ShouldContain("ALWAYS_READY_HTTP: 1 is too few with ZONE_REDUNDANT");
    }

    [Fact]
    public void Every_check_stands_where_its_variable_is_used()
    {
        string templates = Repository.Text("infra/main.bicep") + Repository.Text("infra/modules/function-app.bicep") + Repository.Text("infra/modules/action-group.bicep");

        string[] used =
        [
            "checks.environment(environmentName)", "checks.serviceBus(serviceBus)", "checks.callers(allowedCallers)", "checks.operators(allowedOperators)",
            "checks.alwaysReady('ALWAYS_READY_HTTP', alwaysReadyHttp, zoneRedundant)", "checks.alwaysReady('ALWAYS_READY_DELIVERY', alwaysReadyDelivery, zoneRedundant)",
            "share(settings.?Telemetry__SuccessSampling", "checks.budgetStart(budgetStartDate, thisMonth)", "webhookList(webhooks)",
        ];
        used.ShouldAllBe(call => templates.Contains(call, StringComparison.Ordinal));
        templates.ShouldContain("param thisMonth string = utcNow('yyyy-MM-01')");
        Exported().Count(Repository.Text("infra/checks.bicep")).ShouldBe(used.Length - 1, "one of them is used twice");
    }

    private static string ServiceBus(string sku, int megabytes) =>
        $"serviceBus({Options.Replace("{0}", sku, StringComparison.Ordinal).Replace("{1}", $"{megabytes}", StringComparison.Ordinal)})";

    /// <summary>The functions of the file, one a line, as the console wants them; it knows no imported types.</summary>
    private static IEnumerable<string> Functions() =>
        NoFunction().Replace(Repository.Text("infra/checks.bicep"), "").Replace("serviceBusOptions", "object", StringComparison.Ordinal)
            .Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(function => string.Join(' ', function.Split('\n', StringSplitOptions.TrimEntries)));

    [GeneratedRegex("^(import|@|//).*\n", RegexOptions.Multiline, 1000)]
    private static partial Regex NoFunction();

    [GeneratedRegex("^@export", RegexOptions.Multiline, 1000)]
    private static partial Regex Exported();
}
