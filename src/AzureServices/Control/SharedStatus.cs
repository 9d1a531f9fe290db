using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;

namespace CustomerIoDestination.AzureServices.Control;

/// <summary>Many processes' reports as the one status of the destination.</summary>
internal static class SharedStatus
{
    // A process tells of itself each 15 s.
    private static readonly TimeSpan Moving = TimeSpan.FromSeconds(45);

    /// <summary>Adds the reports up.</summary>
    /// <param name="own">This process's, as of now.</param>
    /// <param name="others">The others', as they were last heard of.</param>
    public static DeliveryStatus Of(InstanceReport own, IReadOnlyList<InstanceReport> others)
    {
        InstanceReport[] all = [own, .. others.Where(report => report.Id != own.Id)];
        InstanceReport[] present = [.. all.Where(report => own.SeenAt - report.SeenAt < InstanceReport.Fresh)];
        DeliveryStatus state = StateOf([.. present.Where(report => report.IsStateKnown).Select(report => report.Status)], own.SeenAt);
        DeliveryStatus workspace = WorkspaceOf(all);
        return own.Status with
        {
            State = state.State,
            Since = state.Since,
            Reason = state.Reason,
            LastAnswerAt = all.Max(report => report.Status.LastAnswerAt),
            NextTryAt = present.Min(report => report.Status.NextTryAt),
            Failing = present.Sum(report => report.Status.Failing),
            // Of a process of another version it is not told.
            MovedAt = present.Any(report => report.Status.MovedAt is null) ? null : present.Max(report => report.Status.MovedAt),
            Region = workspace.Region,
            Url = workspace.Url,
            Workspace = workspace.Workspace,
            Credentials = workspace.Credentials,
            // Reports are not of the same moment: a slice that changed hands is in two of them.
            RateCurrent = Math.Min(own.Status.RateLimit, present.Sum(report => report.Status.RateCurrent)),
            Counts = Sum([.. all.Select(report => report.Status.Counts)]),
            StartedAt = all.Min(report => report.Status.StartedAt),
        };
    }

    // One process that is paused has met what the others will. Of one whose events don't get through that holds while nobody else's do.
    private static DeliveryStatus StateOf(DeliveryStatus[] told, DateTimeOffset now) =>
        told.Where(status => status.State == DestinationState.Paused).MinBy(status => status.Since)
        ?? (told.Any(status => status.State == DestinationState.Delivering && now - status.MovedAt < Moving)
            ? null
            : told.Where(status => status.State == DestinationState.Unavailable).MinBy(status => status.Since))
        ?? told.Where(status => status.State != DestinationState.Unavailable).MaxBy(status => status.Since)
        ?? told.MaxBy(status => status.Since)!;

    // A process that handles no events may never have asked Customer.io.
    private static DeliveryStatus WorkspaceOf(InstanceReport[] all) =>
        (all.Where(report => report.Status.Credentials != CredentialsState.Unchecked).MaxBy(report => report.SeenAt) ?? all[0]).Status;

    /// <summary>Counts of several processes as one.</summary>
    public static EventCounts Sum(IReadOnlyList<EventCounts> counts) => new(
        counts.Sum(count => count.Received),
        counts.Sum(count => count.Accepted),
        counts.Sum(count => count.Rejected),
        counts.Sum(count => count.Skipped),
        counts.Sum(count => count.Delivered),
        counts.Sum(count => count.Retried),
        SumByCode(counts.SelectMany(count => count.DeadLettered)))
    {
        // A process of a version that does not say since when is counted all the same.
        Since = counts.Where(count => count.Since != default).Min(count => (DateTimeOffset?)count.Since) ?? default,
        Warnings = SumByCode(counts.SelectMany(count => count.Warnings)),
    };

    private static Dictionary<string, long> SumByCode(IEnumerable<KeyValuePair<string, long>> counts) => counts
        .GroupBy(code => code.Key, StringComparer.Ordinal)
        .ToDictionary(code => code.Key, code => code.Sum(count => count.Value), StringComparer.Ordinal);
}
