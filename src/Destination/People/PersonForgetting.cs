using CustomerIoDestination.Events;
using CustomerIoDestination.Mapping;
using CustomerIoDestination.Model;
using CustomerIoDestination.Ports;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Settings;
using CustomerIoDestination.Telemetry;
using CustomerIoDestination.Text;
using CustomerIoDestination.TrackApi;
using Microsoft.Extensions.Logging;

namespace CustomerIoDestination.People;

/// <summary>
/// Forgets a person: sends none of their events from then on, takes those that wait and those that failed away, and has Customer.io suppress or delete the
/// person. Every step can be repeated, and the first one holds whatever becomes of the others: a process that ends in between leaves nothing that would be
/// sent, and the same call does the rest. Thread-safe.
/// </summary>
public sealed partial class PersonForgetting
{
    private static readonly TimeSpan LongestCall = TimeSpan.FromSeconds(30);

    private readonly PersonMemory _memory;
    private readonly IEventQueue _queue;
    private readonly IDeadLetterStore _deadLetters;
    private readonly Func<TrackApiRequest, CancellationToken, ValueTask<DeliveryOutcome>> _send;
    private readonly DestinationSettings _settings;
    private readonly EventCounters _counters;
    private readonly TimeProvider _time;
    private readonly ILogger<PersonForgetting> _logger;

    internal PersonForgetting(
        PersonMemory memory,
        IEventQueue queue,
        IDeadLetterStore deadLetters,
        Func<TrackApiRequest, CancellationToken, ValueTask<DeliveryOutcome>> send,
        DestinationSettings settings,
        EventCounters counters,
        TimeProvider time,
        ILogger<PersonForgetting> logger)
    {
        _memory = memory;
        _queue = queue;
        _deadLetters = deadLetters;
        _send = send;
        _settings = settings;
        _counters = counters;
        _time = time;
        _logger = logger;
    }

    /// <summary>Forgets a person. Goes on to the end whoever gave up waiting for it.</summary>
    /// <exception cref="UnavailableException">What is remembered of people can't be written; nothing was done.</exception>
    /// <exception cref="UnavailableException">The queue can't be reached. No event of the person is sent any more; the rest was not done.</exception>
    public async Task<ForgettingReceipt> ForgetAsync(PersonName person, LifecycleChange mode)
    {
        DateTimeOffset now = _memory.Now;
        DateTimeOffset until = now + _settings.Privacy.ForgetWindow;
        PersonCipher cipher = await _memory.OpenAsync(CancellationToken.None);
        IReadOnlySet<PersonKey> keys = await _memory.ForgetAsync(KeysOf(person, cipher), until, CancellationToken.None);

        using PersonSearch search = new(keys, cipher, _settings.Mapping);
        QueueRemoval queued = await _queue.RemoveAsync(search.Finds, SkipReason.Forgotten, CancellationToken.None);
        _counters.Removed(queued.Removed);
        DeadLetterPass dead = await _deadLetters.DiscardAsync(new DeadLetterSelection.Holding(search.Finds), run: null, CancellationToken.None);
        (int sent, DeliveryOutcome? failure) = await TellAsync(person, mode);

        int removed = queued.Removed + queued.RemovedInHand;
        Log.Forgotten(_logger, person.Count, removed, queued.Left, dead.Done, sent, mode, until, failure?.Reason ?? "none");
        return new ForgettingReceipt(now, removed, queued.Left, dead.Done, queued.More || dead.More, sent, until, failure);
    }

    /// <summary>Ends a person's window: what is received from now on is sent. What Customer.io suppressed stays so.</summary>
    /// <returns>When, and for how many of the identifiers there was a window.</returns>
    /// <exception cref="UnavailableException">What is remembered of people can't be written.</exception>
    public async Task<(DateTimeOffset At, int Lifted)> LiftAsync(PersonName person)
    {
        DateTimeOffset now = _memory.Now;
        int lifted = await _memory.LiftAsync(KeysOf(person, await _memory.OpenAsync(CancellationToken.None)), CancellationToken.None);
        Log.Lifted(_logger, person.Count, lifted);
        return (now, lifted);
    }

    private async Task<(int Sent, DeliveryOutcome? Failure)> TellAsync(PersonName person, LifecycleChange mode)
    {
        int sent = 0;
        foreach (Utf8Text identifier in person.Identifiers)
        {
            DeliveryOutcome outcome = await CallAsync(identifier, mode);
            if (outcome is not DeliveryOutcome.Delivered)
            {
                return (sent, outcome);
            }

            sent++;
        }

        return (sent, null);
    }

    private async Task<DeliveryOutcome> CallAsync(Utf8Text identifier, LifecycleChange mode)
    {
        using EventScope scope = EventScope.Rent();
        TrackApiRequest request = SingleRequest.Write(new TrackApiOperation.ChangeLifecycle(PersonIdentifier.ByShape(identifier), mode), scope.Output);
        using CancellationTokenSource patience = new(LongestCall, _time);
        try
        {
            return await _send(request, patience.Token);
        }
        catch (OperationCanceledException)
        {
            return new DeliveryOutcome.Unavailable("no_permits");
        }
    }

    private static PersonKey[] KeysOf(PersonName person, PersonCipher cipher) =>
        [.. new[] { person.Id is { } id ? cipher.OfId(id) : (PersonKey?)null, person.Email is { } email ? cipher.OfEmail(email) : null }.OfType<PersonKey>()];

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information,
            "A person was forgotten, named by {Identifiers} identifiers: {Queued} events taken off the queue, {Left} more left to be dropped when their turn comes, {DeadLetters} dead letters removed, "
            + "{Calls} calls of {Mode} taken by Customer.io. Their events are skipped until {Until:yyyy-MM-ddTHH:mm:ssZ}. What Customer.io did not take: {Failure}.")]
        public static partial void Forgotten(
            ILogger logger, int identifiers, int queued, int left, int deadLetters, int calls, LifecycleChange mode, DateTimeOffset until, string failure);

        [LoggerMessage(LogLevel.Information, "The window of a person who was forgotten was lifted: {Identifiers} identifiers given, {Lifted} of them had one.")]
        public static partial void Lifted(ILogger logger, int identifiers, int lifted);
    }
}

/// <summary>What came of forgetting a person. Counts and times, and no identifier.</summary>
/// <param name="At">When it began.</param>
/// <param name="Queued">Events taken off the queue.</param>
/// <param name="Left">Events found on the queue that it gives out only in their turn; they are dropped then.</param>
/// <param name="DeadLetters">Dead letters removed.</param>
/// <param name="More">Whether not all was looked at within the bounds of one pass.</param>
/// <param name="Sent">Calls that Customer.io took.</param>
/// <param name="RefusedUntil">Until when events of the person are skipped.</param>
/// <param name="Failure">What kept Customer.io from taking the rest; null when it took all.</param>
public sealed record ForgettingReceipt(
    DateTimeOffset At, int Queued, int Left, int DeadLetters, bool More, int Sent, DateTimeOffset RefusedUntil, DeliveryOutcome? Failure);

/// <summary>By what a person is named who is to be forgotten.</summary>
public sealed class PersonName
{
    private PersonName(Utf8Text? id, Utf8Text? email)
    {
        Id = id;
        Email = email;
    }

    /// <summary>The user id; null when it was not given.</summary>
    public Utf8Text? Id { get; }

    /// <summary>The e-mail, cleaned; null when it was not given.</summary>
    public Utf8Text? Email { get; }

    /// <summary>How many identifiers there are.</summary>
    public int Count => Identifiers.Count();

    /// <summary>Those that are there.</summary>
    internal IEnumerable<Utf8Text> Identifiers => new[] { Id, Email }.OfType<Utf8Text>();

    /// <summary>Reads what names a person.</summary>
    /// <param name="id">The user id; null for none.</param>
    /// <param name="email">The e-mail; null for none.</param>
    /// <param name="placeholders">Words that name nobody: forgetting by one would forget many.</param>
    /// <param name="problem">What is wrong, without the identifier; null when nothing is.</param>
    public static PersonName? Read(string? id, string? email, PlaceholderIdentifiers placeholders, out string? problem)
    {
        Utf8Text address = default;
        Utf8Text user = id is null ? default : Utf8Text.Of(id);
        problem = (id, email) switch
        {
            (null, null) => "neither \"id\" nor \"email\" is given",
            ({ } given, _) when string.IsNullOrWhiteSpace(given) || given is "." or ".." || !IsWellFormed(given) || PersonIdentifier.IsBarePrefix(user) => "\"id\" names nobody",
            ({ }, _) when placeholders.Matches(user) => "\"id\" is a word that stands for nobody",
            ({ }, _) when user.Length > TrackApiLimits.PersonIdBytes => "\"id\" is longer than any that Customer.io takes",
            (_, { } given) when EmailText.Read(Utf8Text.Of(given), out address) is not (EmailReading.AsGiven or EmailReading.Cleaned) => "\"email\" is no e-mail address",
            _ => null,
        };
        return problem is null ? new PersonName(id is null ? null : user, email is null ? null : address) : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[++i])))
            {
                return false;
            }
        }

        return true;
    }
}

/// <summary>Finds events of people by their raw JSON. Not thread-safe.</summary>
internal sealed class PersonSearch(IReadOnlySet<PersonKey> keys, PersonCipher cipher, MappingSettings settings) : IDisposable
{
    private readonly JsonTable _table = new();

    /// <summary>Whether an event is of one of them: by user id or e-mail, or, where it names no person, by the device.</summary>
    public bool Finds(ReadOnlyMemory<byte> body)
    {
        if (EventItem.Read(body, _table, settings.PlaceholderIdentifiers) is not EventItem.Readable { Event: var source })
        {
            return false;
        }

        (PersonKey? id, PersonKey? other, IReadOnlyList<PersonKey> emails, PersonKey? device) = PersonQuestion.KeysOf(source, cipher, settings);
        PersonKey[] named = [.. new[] { id, other }.OfType<PersonKey>(), .. emails];
        return named.Length == 0 ? device is { } only && keys.Contains(only) : Array.Exists(named, keys.Contains);
    }

    /// <inheritdoc/>
    public void Dispose() => _table.Dispose();
}
