using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>
/// Where the rules of the moment are. Each event is ingested and mapped with the rules of one moment; they change only as a whole, and only to rules that
/// are good.
/// </summary>
public sealed class RulesSource
{
    private readonly RulesSettings _settings;
    private readonly TimeProvider _time;
    private State _state;

    private RulesSource(RulesSettings settings, TimeProvider time, State state)
    {
        _settings = settings;
        _time = time;
        _state = state;
    }

    /// <summary>The rules of the moment.</summary>
    public DestinationRules Current => Volatile.Read(ref _state).Rules;

    /// <summary>Which they are, and what is wrong with the file since.</summary>
    public RulesStatus Status => Volatile.Read(ref _state).Status;

    /// <summary>Rules that never change.</summary>
    public static RulesSource Of(DestinationRules rules) =>
        new(new RulesSettings(), TimeProvider.System, new State(rules, null, new RulesStatus(null, DateTimeOffset.UnixEpoch, [])));

    /// <summary>Opens the rules at start.</summary>
    /// <param name="settings">Where they are.</param>
    /// <param name="time">Tells since when they are in force.</param>
    public static RulesOpening Open(RulesSettings settings, TimeProvider time)
    {
        string? path = RulesFile.Find(settings);
        if (path is null)
        {
            return new RulesOpening.Opened(new RulesSource(settings, time, new State(DestinationRules.None, null, new RulesStatus(null, time.GetUtcNow(), []))));
        }

        (string? text, RulesResult result) = Read(path, settings.HashSecret);
        return result switch
        {
            RulesResult.Valid valid => new RulesOpening.Opened(
                new RulesSource(settings, time, new State(valid.Rules, text, new RulesStatus(path, time.GetUtcNow(), [])))),
            RulesResult.Invalid invalid => new RulesOpening.Refused(path, invalid),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    /// <summary>
    /// Looks at the file again. A good new one takes over at once; a bad, unreadable or missing one leaves the rules as they are and is told in <see cref="Status"/>.
    /// </summary>
    /// <returns>What came of a changed file; null when it has not changed.</returns>
    public RulesResult? Reload()
    {
        State before = Volatile.Read(ref _state);
        string? path = RulesFile.Find(_settings) ?? before.Status.Path;
        if (path is null)
        {
            return null;
        }

        (string? text, RulesResult result) = Read(path, _settings.HashSecret);
        if (path == before.Status.Path && text == before.Text && (text is not null || before.Status.Problems.Count > 0))
        {
            return null;
        }

        Volatile.Write(ref _state, result switch
        {
            RulesResult.Valid valid => new State(valid.Rules, text, new RulesStatus(path, _time.GetUtcNow(), [])),
            RulesResult.Invalid invalid => new State(before.Rules, text, new RulesStatus(path, before.Status.LoadedAt, invalid.Problems)),
            _ => throw new System.Diagnostics.UnreachableException(),
        });
        return result;
    }

    private static (string? Text, RulesResult Result) Read(string path, Secret? hashSecret)
    {
        try
        {
            if (new FileInfo(path).Length > RulesFile.MaxBytes)
            {
                return (null, Unreadable($"has more than {RulesFile.MaxBytes} bytes"));
            }

            string text = File.ReadAllText(path);
            return (text, RulesFile.Load(text, hashSecret));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, Unreadable(e is FileNotFoundException or DirectoryNotFoundException ? "does not exist" : "can't be read"));
        }
    }

    private static RulesResult.Invalid Unreadable(string message) => new([new RulesProblem("$", message)]);

    private sealed record State(DestinationRules Rules, string? Text, RulesStatus Status);
}
