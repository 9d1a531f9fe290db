using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Naming;

namespace CustomerIoDestination.Rules.Transforming;

/// <summary>The plan for each event's name, and the one for facts about people and their groups.</summary>
internal sealed class RulePlans
{
    private readonly NameCache<RulePlan> _byEvent;
    private readonly bool _anyForEvents;

    /// <summary>Plans for these transformations.</summary>
    public RulePlans(IReadOnlyList<Transformation> transformations)
    {
        _anyForEvents = transformations.Any(step => step.Scope.Events);
        _byEvent = new NameCache<RulePlan>(name => PlanOf(transformations.Where(step => step.Scope.Includes(name))));
        Users = PlanOf(transformations.Where(step => step.Scope.Users));
        Page = _byEvent[RuleScope.PageName];
        Screen = _byEvent[RuleScope.ScreenName];
    }

    /// <summary>For facts about people and their groups.</summary>
    public RulePlan Users { get; }

    private RulePlan Page { get; }

    private RulePlan Screen { get; }

    /// <summary>The plan for an event.</summary>
    public RulePlan For(FreshpaintEvent source) => source switch
    {
        FreshpaintEvent.Identify or FreshpaintEvent.Group => Users,
        FreshpaintEvent.Track track when _anyForEvents => _byEvent[track.Name],
        FreshpaintEvent.Page => Page,
        FreshpaintEvent.Screen => Screen,
        _ => RulePlan.Empty,
    };

    private static RulePlan PlanOf(IEnumerable<Transformation> steps) => steps.ToArray() is { Length: > 0 } some ? new RulePlan(some) : RulePlan.Empty;
}
