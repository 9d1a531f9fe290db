using CustomerIoDestination.Events;
using CustomerIoDestination.Model;

namespace CustomerIoDestination.Mapping;

/// <summary>What an event maps to.</summary>
public abstract record MappingResult
{
    private MappingResult()
    {
    }

    /// <summary>What was changed or may surprise, whatever becomes of the event.</summary>
    public IReadOnlyList<MappingWarning> Warnings { get; init; } = [];

    /// <summary>What the event was mapped with; null where nobody looked whom it names, because it is not to be sent whoever it is.</summary>
    internal MappingContext? Context { get; set; }

    /// <summary>Whom the event names; null where that was not looked at.</summary>
    internal PersonNamed? Named => Context is { } context ? new PersonNamed(context.Given, context.Identity ?? default) : null;

    /// <summary>It is to be sent: these operations in turn, stopped at the first failure, all redone on a retry.</summary>
    /// <param name="Operations">At least one. They live as long as the mapping scope they were made in.</param>
    public sealed record Mapped(IReadOnlyList<TrackApiOperation> Operations) : MappingResult
    {
        /// <summary>How long after it was delivered it is to be sent once more; null for never.</summary>
        public TimeSpan? RepeatAfter { get; init; }
    }

    /// <summary>It is not meant to be sent.</summary>
    public sealed record Skipped(SkipReason Reason) : MappingResult
    {
        /// <summary>Where the rule that says so stands in the rules, for instance <c>transformations[2]</c>; null when none of them does.</summary>
        public string? Rule { get; init; }

        /// <summary>The name that rule's author gave it; null for none.</summary>
        public string? RuleName { get; init; }
    }

    /// <summary>It can't be sent as it is; nothing is.</summary>
    /// <param name="Problems">Every one, at least one; the first names the dead letter's reason.</param>
    public sealed record Invalid(IReadOnlyList<MappingProblem> Problems) : MappingResult;
}

/// <summary>One thing that makes an event undeliverable. Holds no property value.</summary>
/// <param name="Reason">The dead letter's reason.</param>
/// <param name="Field">Where, for instance <c>traits.bio</c>.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Limit">The limit, where there is one.</param>
/// <param name="Actual">The actual size, where there is a limit.</param>
public sealed record MappingProblem(DeadLetterReason Reason, string Field, string Message, int? Limit = null, int? Actual = null);

/// <summary>Whom an event names. Lives as long as the scope it was mapped in.</summary>
/// <param name="Event">The event as it came in, before the rules.</param>
/// <param name="Identity">Whom the mapping sends it for.</param>
internal readonly record struct PersonNamed(FreshpaintEvent Event, Identity Identity);
