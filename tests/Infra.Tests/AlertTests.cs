using System.Text.Json.Nodes;
using CustomerIoDestination.Infra.Support;

namespace CustomerIoDestination.Infra;

/// <summary>Bicep takes any severity, window and metric name; Azure Monitor does not.</summary>
public sealed class AlertTests
{
    private const string MetricAlerts = "Microsoft.Insights/metricAlerts";
    private const string LogAlerts = "Microsoft.Insights/scheduledQueryRules";

    private static readonly string[] MetricWindows = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"];
    private static readonly string[] MetricFrequencies = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"];
    private static readonly string[] LogWindows = ["PT1M", "PT5M", "PT10M", "PT15M", "PT30M", "PT45M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "P1D", "P2D"];
    private static readonly string[] LogFrequencies = [.. LogWindows.Except(["P2D"])];

    private static readonly string[] ServiceBusMetrics =
    [
        "ActiveMessages", "AbandonMessage", "CompleteMessage", "ConnectionsClosed", "ConnectionsOpened", "ActiveConnections", "DeadletteredMessages", "IncomingMessages",
        "IncomingRequests", "Messages", "NamespaceCpuUsage", "NamespaceMemoryUsage", "OutgoingMessages", "PendingCheckpointOperationCount", "ScheduledMessages",
        "ServerErrors", "ServerSendLatency", "Size", "SuccessfulRequests", "ThrottledRequests", "UserErrors",
    ];

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Every_alert_has_a_severity_a_window_and_a_frequency_that_exist(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);

        foreach (JsonNode alert in snapshot.All(MetricAlerts).Select(resource => resource["properties"]!))
        {
            alert["severity"]!.GetValue<int>().ShouldBeInRange(0, 4);
            MetricWindows.ShouldContain(Snapshot.Text(alert["windowSize"]));
            MetricFrequencies.ShouldContain(Snapshot.Text(alert["evaluationFrequency"]));
        }

        foreach (JsonNode alert in snapshot.All(LogAlerts).Select(resource => resource["properties"]!))
        {
            alert["severity"]!.GetValue<int>().ShouldBeInRange(0, 4);
            LogWindows.ShouldContain(Snapshot.Text(alert["windowSize"]));
            LogFrequencies.ShouldContain(Snapshot.Text(alert["evaluationFrequency"]));
        }
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void A_window_is_no_shorter_than_the_time_between_two_looks(string environment)
    {
        Snapshot snapshot = Snapshot.Of(environment);

        foreach (JsonNode alert in snapshot.All(MetricAlerts).Concat(snapshot.All(LogAlerts)).Select(resource => resource["properties"]!))
        {
            Iso8601.Duration(Snapshot.Text(alert["windowSize"])).ShouldBeGreaterThanOrEqualTo(Iso8601.Duration(Snapshot.Text(alert["evaluationFrequency"])));
        }
    }

    [Theory]
    [MemberData(nameof(Snapshot.Environments), MemberType = typeof(Snapshot))]
    public void Metric_alerts_look_at_metrics_that_exist_and_at_our_queue_only(string environment)
    {
        foreach (JsonObject alert in Snapshot.Of(environment).All(MetricAlerts).Where(alert => !Snapshot.Text(alert["name"]).StartsWith("availability-", StringComparison.Ordinal)))
        {
            JsonNode criterion = alert["properties"]!["criteria"]!["allOf"]!.AsArray().ShouldHaveSingleItem()!;

            Snapshot.Text(criterion["metricNamespace"]).ShouldBe("Microsoft.ServiceBus/namespaces");
            ServiceBusMetrics.ShouldContain(Snapshot.Text(criterion["metricName"]));
            criterion["dimensions"]![0]!["name"]!.GetValue<string>().ShouldBe("EntityName");
            criterion["dimensions"]![0]!["values"]![0]!.GetValue<string>().ShouldBe("freshpaint-events");
        }
    }

    [Fact]
    public void Everything_that_needs_a_person_has_an_alert()
    {
        Snapshot prod = Snapshot.Of("prod");
        string[] names = [.. prod.All(MetricAlerts).Concat(prod.All(LogAlerts)).Select(alert => Snapshot.Text(alert["name"])).Select(WithoutSuffix).Order(StringComparer.Ordinal)];

        names.ShouldBe(
        [
            "availability", "broker-server-errors", "broker-throttled", "dead-letters", "failed-functions", "heartbeat", "ingest-unavailable",
            "oldest-age", "paused", "queue-size", "rate-limited", "server-errors", "silence", "watch-stopped",
        ]);
        prod.All("Microsoft.Insights/activityLogAlerts").Count.ShouldBe(1);
        prod.All("Microsoft.Consumption/budgets").Count.ShouldBe(1);
    }

    [Fact]
    public void Refused_events_and_a_pause_are_severity_1()
    {
        Severity("ingest-unavailable").ShouldBe(1);
        Severity("paused").ShouldBe(1);
        Severity("heartbeat").ShouldBe(1);
        Severity("queue-size").ShouldBe(1);
        Severity("availability").ShouldBe(1);
    }

    [Fact]
    public void The_app_is_asked_from_five_places_outside_and_two_that_fail_are_an_alert()
    {
        Snapshot prod = Snapshot.Of("prod");
        JsonObject test = prod.One("Microsoft.Insights/webtests");
        string component = Snapshot.Text(prod.One("Microsoft.Insights/components")["id"]);
        JsonNode alert = Alert("availability")["properties"]!;

        Snapshot.Text(test["tags"]![$"hidden-link:{component}"]).ShouldBe("Resource", "without the tag Azure refuses the test");
        Snapshot.Text(test["properties"]!["Request"]!["RequestUrl"]).ShouldContain("/api/health");
        test["properties"]!["Locations"]!.AsArray().Count.ShouldBe(5, "fewer make one place's trouble an alert");
        Snapshot.Text(test["properties"]!["SyntheticMonitorId"]).ShouldBe(Snapshot.Text(test["name"]));
        Snapshot.Text(alert["criteria"]!["webTestId"]).ShouldBe(Snapshot.Text(test["id"]));
        Snapshot.Text(alert["criteria"]!["componentId"]).ShouldBe(component);
        alert["scopes"]!.AsArray().Select(scope => Snapshot.Text(scope)).ShouldBe([Snapshot.Text(test["id"]), component]);
        alert["criteria"]!["failedLocationCount"]!.GetValue<int>().ShouldBe(2);
    }

    // The test comes from addresses of its own, which a closed app does not let in.
    [Fact]
    public void An_app_that_lets_only_some_in_is_not_asked_from_outside()
    {
        Snapshot.Of("private").All("Microsoft.Insights/webtests").ShouldBeEmpty();
        Snapshot.Of("private").All(MetricAlerts).ShouldNotContain(alert => Snapshot.Text(alert["name"]).StartsWith("availability-", StringComparison.Ordinal));
    }

    [BicepFact]
    public async Task Nobody_is_asked_from_outside_where_it_is_switched_off()
    {
        Snapshot snapshot = await Bicep.SnapshotAsync(new Dictionary<string, string?>(Bicep.EnvironmentVariables("dev"), StringComparer.Ordinal) { ["AVAILABILITY_TEST"] = "false" });

        snapshot.All("Microsoft.Insights/webtests").ShouldBeEmpty();
    }

    // The addresses often hold a token: not even the snapshot shows them.
    [BicepFact]
    public async Task Alerts_are_posted_to_the_webhooks_whose_addresses_nobody_sees()
    {
        Snapshot snapshot = await Bicep.SnapshotAsync(new Dictionary<string, string?>(Bicep.EnvironmentVariables("prod"), StringComparer.Ordinal) { ["ALERT_WEBHOOK"] = "https://example.com/hook?token=s3cr3t" });

        snapshot.Resources.ShouldAllBe(resource => !resource.ToJsonString(null).Contains("s3cr3t", StringComparison.Ordinal));
        string module = Repository.Text("infra/modules/action-group.bicep");
        module.ShouldContain("@secure()\nparam webhooks string");
        module.ShouldContain("serviceUri: uri");
        module.ShouldContain("for (uri, index) in webhookList(webhooks)");
        Repository.Text("infra/main.bicep").ShouldContain("@secure()\nparam alertWebhooks string");
    }

    // Request rows are the host's, sampled and delayed: the app's own counter stands beside them.
    [Fact]
    public void A_refused_request_is_seen_by_the_apps_counter_and_by_the_hosts_rows()
    {
        JsonNode alert = Alert("ingest-unavailable")["properties"]!;
        string query = Snapshot.Text(alert["criteria"]!["allOf"]![0]!["query"]);

        query.ShouldContain("Name == \"destination.ingest.unavailable\"");
        query.ShouldContain("AppRequests | where Url endswith \"/api/events\"");
        Snapshot.Text(alert["windowSize"]).ShouldBe("PT5M");
    }

    // The counter is the app's own. In OpenTelemetry mode the worker's span of a function is an internal one with a name of its own, and the host may write no
    // request for it.
    [Fact]
    public void A_function_that_failed_is_seen_by_the_apps_counter_by_the_workers_span_and_by_the_hosts_rows()
    {
        string query = Snapshot.Text(Alert("failed-functions")["properties"]!["criteria"]!["allOf"]![0]!["query"]);

        query.ShouldContain("Name == \"destination.functions.failed\"");
        query.ShouldContain("AppDependencies | where Name in (\"function DeliverEvent\", \"function WatchQueue\")");
        query.ShouldContain("AppRequests | where OperationName in (\"DeliverEvent\", \"WatchQueue\")");
    }

    // Timers of the platform have stopped for ever after a deployment, and an app that was never deployed has nothing to be missed. The query finds the last
    // sign there was, further back than the window, and nothing where there was none.
    [Fact]
    public void The_heartbeat_depends_on_no_timer_alone_and_is_quiet_before_the_first_deployment()
    {
        JsonNode alert = Alert("heartbeat")["properties"]!;
        JsonNode criterion = alert["criteria"]!["allOf"]![0]!;

        Snapshot.Text(criterion["query"]).ShouldContain("Name in (\"destination.process.alive\", \"destination.watch.runs\")");
        Snapshot.Text(criterion["query"]).ShouldContain("summarize Last = max(TimeGenerated)");
        (Snapshot.Text(criterion["operator"]), criterion["threshold"]!.GetValue<int>()).ShouldBe(("GreaterThan", 0));
        Snapshot.Text(alert["overrideQueryTimeRange"]).ShouldBe("P2D");
    }

    [Fact]
    public void A_watch_that_stopped_while_the_app_lives_is_an_alert_of_its_own()
    {
        string query = Snapshot.Text(Alert("watch-stopped")["properties"]!["criteria"]!["allOf"]![0]!["query"]);

        query.ShouldContain("minif(TimeGenerated, Name == \"destination.process.alive\")");
        query.ShouldContain("countif(Name == \"destination.watch.runs\")");
        Severity("watch-stopped").ShouldBe(1);
    }

    // The metric is the number of dead letters there are, not of those that came: resolved by itself means that there are none.
    [Fact]
    public void The_dead_letter_alert_stays_open_until_there_are_none()
    {
        JsonNode alert = Alert("dead-letters")["properties"]!;
        JsonNode criterion = alert["criteria"]!["allOf"]![0]!;

        Snapshot.Text(criterion["metricName"]).ShouldBe("DeadletteredMessages");
        Snapshot.Text(criterion["timeAggregation"]).ShouldBe("Maximum");
        Snapshot.Text(criterion["operator"]).ShouldBe("GreaterThan");
        criterion["threshold"]!.GetValue<int>().ShouldBe(0);
        alert["autoMitigate"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void The_size_alert_fires_at_seventy_percent_of_the_queue()
    {
        foreach (string environment in Snapshot.Names)
        {
            Snapshot snapshot = Snapshot.Of(environment);
            long size = snapshot.One("Microsoft.ServiceBus/namespaces/queues")["properties"]!["maxSizeInMegabytes"]!.GetValue<long>() * 1024 * 1024;
            JsonNode alert = snapshot.All(MetricAlerts).Single(resource => WithoutSuffix(Snapshot.Text(resource["name"])) == "queue-size");

            (alert["properties"]!["criteria"]!["allOf"]![0]!["threshold"]!.GetValue<long>() / (double)size).ShouldBe(0.7, 0.001);
        }
    }

    [Fact]
    public void Every_alert_is_told_of_in_the_operations_guide()
    {
        string guide = Repository.Text("docs/operations.md");
        Snapshot prod = Snapshot.Of("prod");

        foreach (JsonObject alert in prod.All(MetricAlerts).Concat(prod.All(LogAlerts)))
        {
            guide.ShouldContain($"`{WithoutSuffix(Snapshot.Text(alert["name"]))}`");
        }
    }

    private static int Severity(string name) => Alert(name)["properties"]!["severity"]!.GetValue<int>();

    private static JsonObject Alert(string name)
    {
        Snapshot prod = Snapshot.Of("prod");
        return prod.All(MetricAlerts).Concat(prod.All(LogAlerts)).Single(resource => WithoutSuffix(Snapshot.Text(resource["name"])) == name);
    }

    private static string WithoutSuffix(string name) => name[..name.LastIndexOf('-')];
}
