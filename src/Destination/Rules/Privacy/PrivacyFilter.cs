using System.Globalization;
using CustomerIoDestination.Events;
using CustomerIoDestination.Model;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules.Privacy;

/// <summary>Leaves of an event only what the allow list names. Runs last, over all that the transformations left or made.</summary>
internal static class PrivacyFilter
{
    private const int MaxNamesTold = 10;

    /// <summary>Filters an event's properties or traits.</summary>
    /// <returns>What was left out, by number and name; null when nothing was.</returns>
    public static MappingWarning? Apply(RuleRun run, AllowedNames allowed)
    {
        AddBuiltIn(run, allowed);
        // An identify hides only its e-mail, which may still name the person.
        bool isIdentify = run.Event is FreshpaintEvent.Identify;
        int hidden = isIdentify ? 0 : run.Subject.Hidden.Members.RemoveAll(member => !allowed.Allows(member.Name));
        run.Subject.HasChanged |= hidden > 0;
        if (!HoldsMore(run.Subject, allowed))
        {
            return null;
        }

        List<EditableMember> members = run.Subject.Open().Members;
        Utf8Text[] dropped = [.. members.Where(member => !allowed.Allows(member.Name)).Select(member => member.Name)];
        members.RemoveAll(member => !allowed.Allows(member.Name));
        run.Subject.HasChanged |= dropped.Length > 0;
        return dropped.Length == 0 ? null : Warning(isIdentify || run.Event is FreshpaintEvent.Group ? "traits" : "properties", dropped);
    }

    private static void AddBuiltIn(RuleRun run, AllowedNames allowed)
    {
        foreach (Utf8Text name in allowed.BuiltIn)
        {
            JsonValue value = BuiltIn.Of(run.Event, name);
            if (value.IsPresent && !run.Subject.Member(name).IsPresent)
            {
                run.Subject.Open().Set(name, EditableValue.Given(value));
                run.Subject.HasChanged = true;
            }
        }
    }

    private static bool HoldsMore(RuleSubject subject, AllowedNames allowed)
    {
        if (subject.IsOpen)
        {
            return true;
        }

        foreach (Property property in subject.Given)
        {
            if (!allowed.Allows(property.Name))
            {
                return true;
            }
        }

        return false;
    }

    private static MappingWarning Warning(string set, Utf8Text[] dropped)
    {
        string names = string.Join(", ", dropped.Take(MaxNamesTold).Select(name => FieldName.Of(set, name)));
        string more = dropped.Length > MaxNamesTold ? ", …" : "";
        return new MappingWarning(WarningCode.PrivacyDropped, set, string.Create(
            CultureInfo.InvariantCulture,
            $"{dropped.Length} {(dropped.Length == 1 ? "is" : "are")} not in privacy.allow and {(dropped.Length == 1 ? "was" : "were")} left out: {names}{more}"));
    }
}
