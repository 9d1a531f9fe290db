using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Time;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.People;

/// <summary>
/// Asks what is remembered of people before their events are sent, remembers what deliveries teach, and whose events are not to be sent any more. Where the
/// store does not answer nothing goes: an event of somebody who was forgotten must not slip through. Thread-safe.
/// </summary>
internal sealed partial class PersonMemory(
    IPersonStore store, DestinationSettings settings, RulesSource rules, SteadyClock clock, ILogger<PersonMemory> logger) : IDisposable
{
    /// <summary>How long claims, and who has an e-mail, are kept after the last event.</summary>
    public static readonly TimeSpan ClaimsKept = TimeSpan.FromDays(30);

    // A row that is asked for daily is written anew once a day.
    private static readonly TimeSpan Freshness = TimeSpan.FromDays(1);

    // The longest an event lies on a queue, and so may be younger as a dead letter than when it was received.
    private static readonly TimeSpan LongestOnQueue = TimeSpan.FromDays(14);

    private readonly PersonSecret _secret = new(store, settings, clock, logger);

    /// <summary>The time by the clock that tells when events are received, with which all times here are compared.</summary>
    public DateTimeOffset Now => clock.Read().CountedFrom;

    private MappingSettings Mapping => settings.Mapping;

    /// <summary>Whether there is nothing to ask and nothing to learn: nobody is forgotten, and no guard is on.</summary>
    /// <exception cref="UnavailableException">The store does not answer.</exception>
    public async ValueTask<bool> IsIdleAsync(CancellationToken cancellationToken) =>
        !Mapping.ClaimAnonymous && !Mapping.RemembersPeople && await store.IsEmptyAsync(cancellationToken);

    /// <summary>Whether an event may go. One that deletes or suppresses a person may, once what is older can't any more.</summary>
    /// <param name="result">What it was mapped to.</param>
    /// <param name="envelope">The event.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The answer; and what was asked, by which is learnt once it was delivered; null when there was nothing to ask.</returns>
    /// <exception cref="UnavailableException">The store does not answer.</exception>
    public async ValueTask<(PersonVerdict Verdict, PersonQuestion? Question)> AskAsync(MappingResult result, EventEnvelope envelope, CancellationToken cancellationToken)
    {
        if (result.Named is not { } named || (!PersonFacts.Of(named, result, envelope).Erases && await IsIdleAsync(cancellationToken)))
        {
            return (PersonVerdict.Send.Instance, null);
        }

        PersonCipher cipher = await OpenAsync(cancellationToken);
        PersonQuestion question = PersonQuestion.Of(named, result, envelope, cipher, Mapping);
        if (question.Facts.Erases)
        {
            // Before it is sent: what is older may lie in any partition, and must not come after it.
            await ForgetAsync([.. question.PersonKeys], envelope.ReceivedAt, store.PutAsync, cancellationToken);
            return (PersonVerdict.Send.Instance, question);
        }

        PersonKey[] keys = [.. question.Keys.Distinct()];
        if (keys.Length > 0 && !await store.IsEmptyAsync(cancellationToken))
        {
            question = question with { Remembered = await store.ReadAsync(keys, cancellationToken) };
        }

        PersonKnowledge known = question.Read(question.Remembered, cipher);
        if (Mapping.ClaimAnonymous && known.Claim is { IsContested: false } claim && question is { Facts.IsOfKnownPerson: true, Device: { } device }
            && !claim.IsOf(question.Id, question.Emails))
        {
            await store.PutAsync([DeviceClaim.OfTwo.ToRow(device, cipher, Now + ClaimsKept)], cancellationToken);
        }

        PersonVerdict verdict = PersonRule.Decide(question.Facts, known, Mapping, Now);
        if (verdict is PersonVerdict.Skip { Reason: SkipReason.NoEmail } or PersonVerdict.DeadLetter)
        {
            await LearnLackAsync(question);
        }

        return (verdict, question);
    }

    // An identify without an e-mail that is not sent tells all the same that there is none, or the events after it would make the person that it was not to make.
    private async Task LearnLackAsync(PersonQuestion question)
    {
        DateTimeOffset keptUntil = Now + ClaimsKept;
        PersonRow[] rows = [.. question.PersonKeys.Where(IsDue).Select(key => PersonRows.Person(key, hasEmail: false, keptUntil))];
        if (rows.Length > 0)
        {
            await store.PutAsync(rows, CancellationToken.None);
        }

        bool IsDue(PersonKey key) => question.Remembered.FirstOrDefault(row => row.Key == key && row.Kind == PersonRowKind.Person) is { } row
            ? row.KeptUntil < keptUntil - Freshness
            : question.Facts.IsIdentify;
    }

    /// <summary>Whether nobody forgot an event's person since it was asked whether it may go. False where that is not known: ask again then.</summary>
    /// <param name="envelope">The event.</param>
    /// <param name="asked">What was asked; null when there was nothing to ask.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="UnavailableException">The store does not answer.</exception>
    public async ValueTask<bool> MayStillGoAsync(EventEnvelope envelope, PersonQuestion? asked, CancellationToken cancellationToken)
    {
        if (asked is null or { Facts.Erases: true })
        {
            return asked is not null || await IsIdleAsync(cancellationToken);
        }

        if (await store.IsEmptyAsync(cancellationToken))
        {
            return true;
        }

        IReadOnlyList<PersonRow> rows = await store.ReadAsync([.. asked.Keys.Distinct()], cancellationToken);
        return !(envelope.ReceivedAt <= asked.Read(rows, await OpenAsync(cancellationToken)).ForgottenUntil);
    }

    /// <summary>
    /// Remembers what the delivery of an event teaches: whose its device is, whether its person has an e-mail, and that both were heard of. Never fails: what
    /// could not be remembered now is learnt from the next event.
    /// </summary>
    public async Task LearnAsync(PersonQuestion question)
    {
        try
        {
            await RememberAsync(question, await OpenAsync(CancellationToken.None));
        }
#pragma warning disable CA1031 // The event is delivered, whatever becomes of what it teaches.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            Log.NotLearnt(logger, (failure as UnavailableException)?.Code ?? failure.GetType().Name);
        }
    }

    /// <summary>
    /// From now on no event of these people goes that was received up to a time, in any partition and lane; nor one of a device that was claimed for them.
    /// Their claims are gone.
    /// </summary>
    /// <param name="people">The people's keys.</param>
    /// <param name="until">Up to when; a later time that was remembered before stays.</param>
    /// <param name="cancellationToken">Gives up; then call again.</param>
    /// <returns>All keys whose events don't go: the people's, and those of their devices.</returns>
    /// <exception cref="UnavailableException">The store does not answer.</exception>
    public Task<IReadOnlySet<PersonKey>> ForgetAsync(IReadOnlyCollection<PersonKey> people, DateTimeOffset until, CancellationToken cancellationToken) =>
        ForgetAsync(people, until, store.PromiseAsync, cancellationToken);

    // What a delivery forgets needs to last no longer than the events behind it; nothing is told of it.
    private async Task<IReadOnlySet<PersonKey>> ForgetAsync(
        IReadOnlyCollection<PersonKey> people, DateTimeOffset until, Func<IReadOnlyCollection<PersonRow>, CancellationToken, Task> put, CancellationToken cancellationToken)
    {
        PersonCipher cipher = await OpenAsync(cancellationToken);
        List<PersonRow> devices = [];
        foreach (PersonKey person in people)
        {
            devices.AddRange(await store.ReadDevicesAsync(person, cancellationToken));
        }

        IReadOnlyList<PersonRow> rows = await store.ReadAsync([.. people.Concat(devices.Select(static row => row.Other)).Distinct()], cancellationToken);
        PersonRow[] claims = [.. rows.Where(row => DeviceClaim.Read(row, cipher) is { IsContested: false } claim && (people.Contains(claim.Id) || people.Contains(claim.Email)))];
        HashSet<PersonKey> keys = [.. people, .. claims.Select(static row => row.Key)];
        DateTimeOffset now = Now;
        PersonRow[] marks = [.. keys.Select(key => Mark(key, Later(until, rows.Where(row => row.Key == key)), now))];
        await put(marks, cancellationToken);
        await store.RemoveAsync([.. claims, .. rows.Where(static row => row.Kind == PersonRowKind.Person), .. devices, .. claims.SelectMany(ways)], cancellationToken);
        return keys;

        // The person may be known by the other identifier too, and the device found by it.
        IEnumerable<PersonRow> ways(PersonRow row) =>
            DeviceClaim.Read(row, cipher) is { } claim ? [DeviceOf(claim.Id, row.Key, now), DeviceOf(claim.Email, row.Key, now)] : [];
    }

    /// <summary>Ends the windows of these people: what is received from now on goes. What was received before stays forgotten.</summary>
    /// <returns>How many windows were ended.</returns>
    /// <exception cref="UnavailableException">The store does not answer.</exception>
    public async Task<int> LiftAsync(IReadOnlyCollection<PersonKey> people, CancellationToken cancellationToken)
    {
        DateTimeOffset now = Now;
        IReadOnlyList<PersonRow> rows = await store.ReadAsync(people, cancellationToken);

        // Times are compared by the millisecond, and what comes right after the answer may be of this one.
        DateTimeOffset until = now - TimeSpan.FromMilliseconds(1);
        PersonRow[] ended = [.. rows.Where(row => PersonRows.ForgottenUntil(row) > now).Select(row => Mark(row.Key, until, now))];
        await store.PromiseAsync(ended, cancellationToken);
        return ended.Length;
    }

    /// <inheritdoc cref="PersonSecret.OpenAsync"/>
    public ValueTask<PersonCipher> OpenAsync(CancellationToken cancellationToken) => _secret.OpenAsync(cancellationToken);

    /// <summary>Lets go of what was kept long enough, and of everything that is not wanted any more.</summary>
    public Task<int> PurgeAsync(DateTimeOffset now, CancellationToken cancellationToken) => store.PurgeAsync(
        now,
        [
            .. Mapping.ClaimAnonymous ? Array.Empty<PersonRowKind>() : [PersonRowKind.Claim, PersonRowKind.Device],
            .. Mapping.RemembersPeople ? Array.Empty<PersonRowKind>() : [PersonRowKind.Person],
        ],
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _secret.Dispose();

    private async Task RememberAsync(PersonQuestion question, PersonCipher cipher)
    {
        if (question.Facts.Erases)
        {
            return;
        }

        DateTimeOffset now = Now;
        DateTimeOffset keptUntil = now + ClaimsKept;
        bool isStale(PersonRow row) => row.KeptUntil < keptUntil - Freshness;
        List<PersonRow> rows = [];
        if (Mapping.RemembersPeople && question.Facts.IsOfKnownPerson)
        {
            bool? known = question.Read(question.Remembered, cipher).HasEmail;
            bool hasEmail = known == true || (question.Facts.IsIdentify && question.Emails.Count > 0);
            rows.AddRange(question.PersonKeys.Where(key => IsDue(key)).Select(key => PersonRows.Person(key, hasEmail, keptUntil)));

            // One that is no identify keeps what is known fresh, and adds nothing to it.
            bool IsDue(PersonKey key) => question.Remembered.FirstOrDefault(row => row.Key == key && row.Kind == PersonRowKind.Person) is { } row
                ? isStale(row) || PersonRows.HasEmail(row) != hasEmail
                : question.Facts.IsIdentify;
        }

        if (Mapping.ClaimAnonymous && rules.Current.Anonymous && question is { Facts.IsOfKnownPerson: true, Device: { } device })
        {
            PersonRow? there = question.Remembered.FirstOrDefault(row => row.Key == device && row.Kind == PersonRowKind.Claim);
            if (there is null && question.Facts.IsIdentify)
            {
                await ClaimAsync(device, question, cipher, now);
            }
            else if (there is not null && isStale(there) && DeviceClaim.Read(there, cipher) is { } claim && claim.IsOf(question.Id, question.Emails))
            {
                rows.Add(there with { KeptUntil = keptUntil });
                rows.AddRange(question.PersonKeys.Select(key => DeviceOf(key, device, keptUntil)));
            }
        }

        if (rows.Count > 0)
        {
            await store.PutAsync(rows, CancellationToken.None);
        }
    }

    private async Task ClaimAsync(PersonKey device, PersonQuestion question, PersonCipher cipher, DateTimeOffset now)
    {
        DateTimeOffset keptUntil = now + ClaimsKept;
        DeviceClaim claim = new(
            false, now, question.EventSeconds, question.Id ?? PersonKey.Nobody, question.Emails.Count > 0 ? question.Emails[0] : PersonKey.Nobody, question.Identifier);

        // Whoever forgets the person must find the device, so the way to it is remembered first.
        await store.PutAsync([.. question.PersonKeys.Select(key => DeviceOf(key, device, keptUntil))], CancellationToken.None);
        if (await store.AddAsync(claim.ToRow(device, cipher, keptUntil), CancellationToken.None) is { } other
            && DeviceClaim.Read(other, cipher)?.IsOf(question.Id, question.Emails) != true)
        {
            await store.PutAsync([DeviceClaim.OfTwo.ToRow(device, cipher, keptUntil)], CancellationToken.None);
        }
    }

    private PersonRow Mark(PersonKey key, DateTimeOffset until, DateTimeOffset now) =>
        PersonRows.Forgotten(key, until, (until > now ? until : now) + settings.DeadLetters.Retention + LongestOnQueue);

    private static DateTimeOffset Later(DateTimeOffset until, IEnumerable<PersonRow> rows) => rows.Select(PersonRows.ForgottenUntil).OfType<DateTimeOffset>().Append(until).Max();

    private static PersonRow DeviceOf(PersonKey person, PersonKey device, DateTimeOffset keptUntil) =>
        new(person, PersonRowKind.Device, default, keptUntil) { Other = device };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "What an event taught of its person was not remembered ({Code}); a later one teaches it again.")]
        public static partial void NotLearnt(ILogger logger, string code);
    }
}
