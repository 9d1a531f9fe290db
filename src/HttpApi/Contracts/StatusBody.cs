using System.Reflection;
using System.Text.Json.Serialization;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.HttpApi.Contracts;

/// <summary>The body of the status; <c>queue</c> is null while the queue can't be reached.</summary>
internal sealed record StatusBody(
    DestinationBody Destination,
    CustomerIoBody CustomerIo,
    QueueBody? Queue,
    RateBody Rate,
    EventCounts Counts,
    RulesBody Rules,
    SharedStateStatus? SharedState,
    string Version,
    DateTimeOffset StartedAt)
{
    public static StatusBody Of(DeliveryStatus delivery, QueueStatus? queue, RulesSource rules, bool deliversToSandbox, DateTimeOffset now) => new(
        DestinationBody.Of(delivery, queue, now),
        new CustomerIoBody(delivery.Region.ToCode(), delivery.Url?.AbsoluteUri.TrimEnd('/'), delivery.Workspace, delivery.Credentials.ToCode(), deliversToSandbox, CustomerIoSettings.IsUnencrypted(delivery.Url)),
        queue is null ? null : QueueBody.Of(queue),
        new RateBody(delivery.RateLimit, Math.Round(delivery.RateCurrent, 1)),
        delivery.Counts,
        RulesBody.Of(rules),
        delivery.SharedState,
        ProductVersion.Text,
        delivery.StartedAt);
}

/// <summary>Whether events flow.</summary>
internal sealed record DestinationBody(string State, DateTimeOffset Since, string? Reason, DateTimeOffset? LastAnswerAt, DateTimeOffset? NextTryAt, int Failing)
{
    /// <param name="delivery">The delivering side.</param>
    /// <param name="queue">The queue; null when it can't be reached.</param>
    /// <param name="now">The time.</param>
    public static DestinationBody Of(DeliveryStatus delivery, QueueStatus? queue, DateTimeOffset now)
    {
        // Events lie on the queue and nobody was handed one: the queue itself is the trouble.
        if (delivery is { State: DestinationState.Delivering, MovedAt: { } movedAt } && now - movedAt >= DeliveryStatus.Patience
            && queue is { Ready: > 0, InDelivery: 0 } && queue.OldestAge >= DeliveryStatus.Patience)
        {
            return new DestinationBody(DestinationState.Unavailable.ToCode(), movedAt, "queue", delivery.LastAnswerAt, null, delivery.Failing);
        }

        return new DestinationBody(delivery.State.ToCode(), delivery.Since, delivery.Reason, delivery.LastAnswerAt, delivery.NextTryAt, delivery.Failing);
    }
}

/// <summary>The workspace; <c>sandbox</c> while events go to a sandbox and not to Customer.io; <c>unencrypted</c> only where they cross a network over http.</summary>
internal sealed record CustomerIoBody(
    string Region,
    string? Url,
    long? Workspace,
    string Credentials,
    bool Sandbox,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool Unencrypted);

/// <summary>The rate in requests a second.</summary>
internal sealed record RateBody(double Limit, double Current);

/// <summary>The rules in force, and why the file as it is now is not.</summary>
internal sealed record RulesBody(string? Path, DateTimeOffset LoadedAt, int Transformations, bool PrivacyMode, IReadOnlyList<RulesProblemBody> Problems)
{
    public static RulesBody Of(RulesSource rules)
    {
        (DestinationRules inForce, RulesStatus status) = (rules.Current, rules.Status);
        return new RulesBody(
            status.Path,
            status.LoadedAt,
            inForce.TransformationCount,
            inForce.IsPrivate,
            [.. status.Problems.Select(problem => new RulesProblemBody(problem.Where, problem.Message))]);
    }
}

/// <summary>One thing that is wrong with the rules' file.</summary>
internal sealed record RulesProblemBody(string Path, string Message);

/// <summary>How full the queue is.</summary>
internal sealed record QueueBody(
    long Ready,
    long InDelivery,
    double OldestAgeSeconds,
    long DeadLettered,
    LanesBody Lanes,
    IReadOnlyList<string> UnreadablePartitions,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RetentionPauseBody? RetentionPaused)
{
    public static QueueBody Of(QueueStatus queue) => new(
        queue.Ready,
        queue.InDelivery,
        ApiJson.Seconds(queue.OldestAge),
        queue.DeadLettered,
        new LanesBody(LaneBody.Of(queue.Live), LaneBody.Of(queue.Import)),
        [.. queue.UnreadablePartitions.Select(static partition => partition.ToString())],
        queue.RetentionPaused is { } paused ? new RetentionPauseBody(paused.Left is { } left ? ApiJson.Seconds(left) : null, paused.DeadLettersDue) : null);
}

/// <summary>Nothing is purged and nothing expires now, because the clock is doubted.</summary>
internal sealed record RetentionPauseBody(double? SecondsLeft, long DeadLettersDue);

/// <summary>Both lanes.</summary>
internal sealed record LanesBody(LaneBody Live, LaneBody Import);

/// <summary>How full one lane is.</summary>
internal sealed record LaneBody(long Ready, long InDelivery, double OldestAgeSeconds)
{
    public static LaneBody Of(LaneStatus lane) => new(lane.Ready, lane.InDelivery, ApiJson.Seconds(lane.OldestAge));
}

/// <summary>The body of a good health.</summary>
internal sealed record HealthBody(string Status)
{
    public static HealthBody Healthy { get; } = new("healthy");
}

/// <summary>This build's version, without the commit behind its plus sign.</summary>
internal static class ProductVersion
{
    public static string Text { get; } =
        typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
