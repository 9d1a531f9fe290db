using System.Diagnostics;
using CustomerIoDestination.Model;
using CustomerIoDestination.Settings;

namespace CustomerIoDestination.Rules.Reading;

/// <summary>
/// Where the rules of the moment are. Each event is ingested and mapped with the rules of one moment; they change only as a whole, and only to rules that
/// are good. Which file they come from is decided once, when it is opened.
/// </summary>
public sealed class RulesSource
{
    private readonly string? _path;
    private readonly Secret? _hashSecret;
    private readonly TimeProvider _time;
    private State _state;

    private RulesSource(string? path, Secret? hashSecret, TimeProvider time, State state)
    {
        _path = path;
        _hashSecret = hashSecret;
        _time = time;
        _state = state;
    }

    /// <summary>The rules of the moment.</summary>
    public DestinationRules Current => Volatile.Read(ref _state).Rules;

    /// <summary>Which they are, and what is wrong with the file since.</summary>
    public RulesStatus Status => Volatile.Read(ref _state).Status;

    /// <summary>Rules that never change.</summary>
    public static RulesSource Of(DestinationRules rules) => new(null, null, TimeProvider.System, new State(rules, default, new RulesStatus(null, DateTimeOffset.UnixEpoch, [])));

    /// <summary>Opens the rules at start.</summary>
    /// <param name="settings">Where they are.</param>
    /// <param name="time">Tells since when they are in force.</param>
    public static Checked<RulesSource> Open(RulesSettings settings, TimeProvider time)
    {
        if (RulesFile.Locate(settings) is not { } path)
        {
            return Refused(RulesFile.Unreadable("is a relative path, and the working directory does not exist"), settings.Path!);
        }

        (byte[]? Bytes, string? Problem) file = RulesFile.Read(path);
        if (settings.Path is null && file.Problem == RulesFile.Missing)
        {
            return new Checked<RulesSource>.Valid(new RulesSource(path, settings.HashSecret, time, State.WithoutFile(time.GetUtcNow())));
        }

        Checked<DestinationRules> rules = Result(file, settings.HashSecret);
        if (rules is not Checked<DestinationRules>.Valid valid)
        {
            return Refused((Checked<DestinationRules>.Invalid)rules, path);
        }

        RulesStatus status = new(path, time.GetUtcNow(), []) { Warnings = valid.Warnings };
        return new Checked<RulesSource>.Valid(new RulesSource(path, settings.HashSecret, time, new State(valid.Value, file, status))) { Warnings = valid.Warnings };
    }

    /// <summary>
    /// Looks at the file again; one that has not changed is only compared, byte by byte. A good new one takes over at once; a bad, unreadable or missing one
    /// leaves the rules as they are and is told in <see cref="Status"/>. Where there was no file at the start, its absence is no problem.
    /// </summary>
    /// <returns>What came of a changed file; null when it has not changed.</returns>
    public Checked<DestinationRules>? Reload()
    {
        if (_path is null)
        {
            return null;
        }

        State before = Volatile.Read(ref _state);
        (byte[]? Bytes, string? Problem) file = RulesFile.Read(_path);
        if (before.IsOf(file))
        {
            return null;
        }

        if (before.Rules == DestinationRules.None && file.Problem == RulesFile.Missing)
        {
            Volatile.Write(ref _state, State.WithoutFile(before.Status.LoadedAt));
            return null;
        }

        Checked<DestinationRules> result = Result(file, _hashSecret);
        Volatile.Write(ref _state, result switch
        {
            Checked<DestinationRules>.Valid valid => new State(valid.Value, file, new RulesStatus(_path, _time.GetUtcNow(), []) { Warnings = valid.Warnings }),
            Checked<DestinationRules>.Invalid invalid => new State(before.Rules, file, before.Status with { Path = _path, Problems = invalid.Problems }),
            _ => throw new UnreachableException(),
        });
        return result;
    }

    private static Checked<RulesSource>.Invalid Refused(Checked<DestinationRules>.Invalid rules, string path) => new(rules.What, rules.Problems) { File = path };

    private static Checked<DestinationRules> Result((byte[]? Bytes, string? Problem) file, Secret? hashSecret) =>
        file.Bytes is { } bytes ? RulesFile.Load(bytes, hashSecret) : RulesFile.Unreadable(file.Problem!);

    /// <param name="Rules">The rules in force.</param>
    /// <param name="File">The file as it was last seen, whether its rules are in force or not.</param>
    /// <param name="Status">What is told of both.</param>
    private sealed record State(DestinationRules Rules, (byte[]? Bytes, string? Problem) File, RulesStatus Status)
    {
        public static State WithoutFile(DateTimeOffset since) => new(DestinationRules.None, (null, RulesFile.Missing), new RulesStatus(null, since, []));

        public bool IsOf((byte[]? Bytes, string? Problem) file) =>
            file.Bytes is null ? File.Bytes is null && File.Problem == file.Problem : File.Bytes is { } bytes && bytes.AsSpan().SequenceEqual(file.Bytes);
    }
}

/// <summary>Which rules are in force, and what is wrong with the file since.</summary>
/// <param name="Path">The file; null when there is none.</param>
/// <param name="LoadedAt">Since when these rules are in force.</param>
/// <param name="Problems">Why the file as it is now is not in force; empty when it is.</param>
public sealed record RulesStatus(string? Path, DateTimeOffset LoadedAt, IReadOnlyList<Problem> Problems)
{
    /// <summary>What the rules in force allow, but was probably not meant.</summary>
    public IReadOnlyList<Problem> Warnings { get; init; } = [];
}
