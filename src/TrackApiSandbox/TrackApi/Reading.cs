using TrackApiSandbox.State;

namespace TrackApiSandbox.TrackApi;

/// <summary>What a call or batch item turned out to be.</summary>
internal abstract record Reading
{
    private Reading()
    {
    }

    public static Reading Of(Change change, IReadOnlyList<Problem> problems) => problems.Count == 0 ? new Understood(change) : new Refused(problems);

    public static Reading Of(Problem problem) => new Refused([problem]);

    /// <summary>Valid; the workspace decides what comes of it.</summary>
    public sealed record Understood(Change Change) : Reading;

    /// <summary>Invalid, with every reason found.</summary>
    public sealed record Refused(IReadOnlyList<Problem> Problems) : Reading;
}
