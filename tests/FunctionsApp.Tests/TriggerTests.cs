using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CustomerIoDestination.FunctionsApp.Tests.Support;
using Microsoft.Azure.Functions.Worker;

namespace CustomerIoDestination.FunctionsApp.Tests;

public sealed partial class TriggerTests
{
    [Fact]
    public void The_app_has_one_function_for_the_queue_and_one_for_the_clock() =>
        Function.All.Where(function => function.Http is null).Select(function => function.Name).ShouldBe(["DeliverEvent", "WatchQueue"], ignoreOrder: true);

    [Fact]
    public void An_event_is_delivered_by_its_session_and_settled_by_the_handler()
    {
        ServiceBusTriggerAttribute trigger = Function.Named("DeliverEvent").Trigger<ServiceBusTriggerAttribute>()!;

        trigger.IsSessionsEnabled.ShouldBeTrue();
        trigger.AutoCompleteMessages.ShouldBeFalse();
        trigger.IsBatched.ShouldBeFalse();
        Repository.Json("host.json")["extensions"]!["serviceBus"]!["autoCompleteMessages"]!.GetValue<bool>().ShouldBeFalse();
        Repository.Json("infra/queue.json")["requiresSession"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public void The_queue_and_its_connection_are_named_by_settings_that_everybody_sets()
    {
        ServiceBusTriggerAttribute trigger = Function.Named("DeliverEvent").Trigger<ServiceBusTriggerAttribute>()!;
        string queue = trigger.QueueName!.Trim('%');
        JsonObject sample = Repository.Json("local.settings.sample.json")["Values"]!.AsObject();
        string template = Repository.Text("infra/modules/function-app.bicep");

        // The scale controller resolves no other name.
        queue.ShouldAllBe(letter => char.IsAsciiLetter(letter));
        sample.ShouldContainKey(queue);
        sample.ShouldContainKey(trigger.Connection!);
        template.ShouldContain($"  {queue}: ");
        template.ShouldContain($"  {trigger.Connection}__fullyQualifiedNamespace: ");
    }

    [Fact]
    public void The_queue_is_watched_each_minute() =>
        Function.Named("WatchQueue").Trigger<TimerTriggerAttribute>()!.Schedule.ShouldBe("0 * * * * *");

    [Fact]
    public void Bicep_and_queries_name_functions_that_there_are()
    {
        string template = Repository.Text("infra/modules/function-app.bicep") + Repository.Text("infra/main.bicep");
        string queries = Repository.Text("infra/queries/failed-functions.kql") + Repository.Text("infra/queries/ingest-unavailable.kql");
        string[] named =
        [
            .. DisabledFunction().Matches(template).Select(match => match.Groups[1].Value),
            .. FunctionGroup().Matches(template).Select(match => match.Groups[1].Value),
            .. OperationName().Matches(queries).SelectMany(match => QuotedName().Matches(match.Value)).Select(match => match.Groups[1].Value),
        ];

        named.Distinct(StringComparer.Ordinal).ShouldBe(["DeliverEvent", "WatchQueue"], ignoreOrder: true);
        named.ShouldAllBe(name => Function.All.Any(function => function.Name == name));
    }

    [GeneratedRegex(@"AzureWebJobs\.(\w+)\.Disabled", RegexOptions.None, 1000)]
    private static partial Regex DisabledFunction();

    [GeneratedRegex(@"'function:(\w+)'", RegexOptions.None, 1000)]
    private static partial Regex FunctionGroup();

    [GeneratedRegex(@"OperationName (?:in \([^)]*\)|== ""\w+"")", RegexOptions.None, 1000)]
    private static partial Regex OperationName();

    [GeneratedRegex(@"""(\w+)""", RegexOptions.None, 1000)]
    private static partial Regex QuotedName();
}
