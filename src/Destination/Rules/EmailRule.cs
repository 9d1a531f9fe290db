using CustomerIoDestination.Events;
using CustomerIoDestination.Rules.Transforming;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Text;

namespace CustomerIoDestination.Rules;

/// <summary>
/// The e-mail the transformations left to name the person by. The ones for users are asked about an event's person too, so that an identify and an event
/// lead to the same person, and an e-mail that a rule takes away does not come back in a URL. Privacy mode has no say: an e-mail used as path leaves.
/// </summary>
internal static class EmailRule
{
    /// <summary><c>email</c>.</summary>
    public static Utf8Text Name { get; } = Utf8Text.Of("email");

    /// <summary>The e-mail; null for none.</summary>
    /// <param name="run">The transformations, done.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="settings">Where e-mails are looked for.</param>
    /// <param name="personRun">Where the transformations for users are done on an event's person.</param>
    public static Utf8Text? Left(RuleRun run, DestinationRules rules, MappingSettings settings, RuleRun personRun)
    {
        FreshpaintEvent source = run.Event;
        Utf8Text? told = source is FreshpaintEvent.Identify
            ? Read(run.Subject.Member(Name)) ?? Read(run.Subject.Hidden.Find(Name))
            : OfPerson(source, rules, personRun) ?? (settings.EmailFromProperties ? Read(run.Subject.Member(Name)) : null);
        return told ?? Identity.EmailInUserId(source.Head);
    }

    private static Utf8Text? OfPerson(FreshpaintEvent source, DestinationRules rules, RuleRun run)
    {
        if (Identity.ToldEmail(source.Head) is not { } email || !rules.Plans.Users.TouchesEmail)
        {
            return Identity.ToldEmail(source.Head);
        }

        var person = new PropertySet(source.Head.UserProps, source.Head.ContextTraits, PropertyNames.Webhook, default);
        run.Begin(source, person, trace: null);
        run.Subject.Hide(Name, EditableValue.Text(email.Bytes));
        run.Run(rules.Plans.Users);
        return Read(run.Subject.Hidden.Find(Name));
    }

    private static Utf8Text? Read(EditableValue value) =>
        value.TryGetText(out Utf8Text text) && EmailText.Read(text, out Utf8Text address) is EmailReading.AsGiven or EmailReading.Cleaned ? address : null;
}
