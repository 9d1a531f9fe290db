using System.Collections.Concurrent;
using System.CommandLine;
using System.Net;
using System.Text;
using CustomerIoDestination.Cli;
using CustomerIoDestination.Cli.Commands;
using Spectre.Console;

namespace CustomerIoDestination.Fuzz;

/// <summary>
/// The command line, run as somebody runs it, in a folder of its own and with a host that answers as the fuzzer says. Whatever it reads, it ends with an exit code
/// and words, and writes no control character to the terminal.
/// </summary>
internal abstract class CliFuzzer : Fuzzer
{
    private readonly ConcurrentBag<string> _folders = [];

    /// <summary>The command to run on an input, which may be written into the folder first, and what the host answers first.</summary>
    protected abstract (string[] Command, Func<HttpResponseMessage> FirstAnswer) Prepare(byte[] input, string folder);

    /// <summary>The host did it.</summary>
    protected static HttpResponseMessage Answer(HttpStatusCode status, byte[] body) => new(status) { Content = new ByteArrayContent(body) };

    protected override async Task<string?> ReadAsync(byte[] input)
    {
        if (!_folders.TryTake(out string? folder))
        {
            folder = Directory.CreateTempSubdirectory("cli-fuzz-").FullName;
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Directory.Delete(folder, recursive: true);
        }

        (string[] command, Func<HttpResponseMessage> firstAnswer) = Prepare(input, folder);
        using var output = new StringWriter();
        using var host = new OneAnswer(firstAnswer);
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(output) });
        console.Profile.Width = 400;
        var cli = new CliContext(console, folder, host, new HurriedTime(), ReadLine: null);
        int exit = await DestinationCommand.Create(cli).Parse(command).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, Output = output, Error = output });
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            File.Delete(file);
        }

        _folders.Add(folder);
        Ended(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{command[0]} {exit}"));
        string text = output.ToString();
        return exit is < 0 or > 2 ? $"exit code {exit}"
            : text.Length == 0 ? "no word"
            : text.FirstOrDefault(static character => IsHarmful(character)) is not '\0' and char harmful ? $"U+{(int)harmful:X4} reaches the terminal"
            : null;
    }

    private static bool IsHarmful(char character) =>
        (char.IsControl(character) && character is not ('\n' or '\r' or '\t')) || character is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069';

    private sealed class OneAnswer(Func<HttpResponseMessage> first) : HttpMessageHandler
    {
        private Func<HttpResponseMessage> _next = first;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpResponseMessage answer = _next();
            _next = static () => Answer(HttpStatusCode.OK, "{}"u8.ToArray());
            return Task.FromResult(answer);
        }
    }

    /// <summary>A clock whose waits end at once.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime == Timeout.InfiniteTimeSpan ? dueTime : TimeSpan.Zero, period);
    }
}

/// <summary>What a host, or whatever is at its address, answers.</summary>
internal sealed class CliAnswerFuzzer : CliFuzzer
{
    private static readonly string[][] Commands =
    [
        ["dead-letters", "list"], ["dead-letters", "replay", "--all"], ["dead-letters", "discard", "--all", "--yes"], ["import", "events.ndjson"],
    ];

    private static readonly HttpStatusCode[] Statuses = [HttpStatusCode.OK, HttpStatusCode.Accepted, HttpStatusCode.BadRequest, HttpStatusCode.Unauthorized, HttpStatusCode.BadGateway];

    public override string Name => "cli-answers";

    protected override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            """{"items":[{"id":"1","eventId":"01JE","kind":"track","reason":"expired","description":"HTTP 503: \u001b[31mred\u202e","deadLetteredAt":"2026-11-24T12:00:00Z","attempts":3}],"next":"1"}""",
            """{"replayed":3,"notFound":["9"],"more":true,"scanned":5000,"warnings":[{"code":"identifies_replayed","message":"3 identifies"}]}""",
            """{"accepted":1,"skipped":0,"rejected":[{"index":0,"code":"invalid_event","message":"no event"}],"eventIds":["01JE"]}""",
            """{"code":"key_missing","message":"A key is needed."}""",
            "<html>502</html>",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    protected override (string[] Command, Func<HttpResponseMessage> FirstAnswer) Prepare(byte[] input, string folder)
    {
        File.WriteAllText(Path.Combine(folder, "events.ndjson"), """{"type":"track","event":"A","userId":"u"}""");
        string[] command = [.. Commands[input.Length % Commands.Length]];
        if (command[0] == "import")
        {
            command[1] = Path.Combine(folder, command[1]);
        }

        return (command, () => Answer(Statuses[input.Length % Statuses.Length], input));
    }
}

/// <summary>What people keep in files: settings, rules, their cases, events.</summary>
internal sealed class CliFileFuzzer : CliFuzzer
{
    public override string Name => "cli-files";

    protected override IReadOnlyList<byte[]> Seeds { get; } =
    [
        .. new[]
        {
            """{"Values":{"Delivery__Mode":"batch","CustomerIo__SiteId":"s","CustomerIo__ApiKey":"k","DeadLetters__Retention":"30.00:00:00"}} // end""",
            """{"name":"n","given":{"type":"track","event":"A","userId":"u"},"settings":{"Mapping__SendNulls":"false"},"receivedAt":"2026-11-24T12:00:00Z","expect":{"requests":[{"method":"POST"}],"warnings":[]}}""",
            """{"given":{"type":"identify"},"expect":{"skipped":"unidentified","rule":"transformations[0]"}}""",
            """{"identify":true,"transformations":[{"name":"n\u001b","operation":"renameProperty","on":["Order *"],"property":"a.b[*].c","to":"d"}]}""",
            "{\"type\":\"track\",\"event\":\"A\\u001b[2J\",\"userId\":\"u\",\"properties\":{\"a\\u0007\":1}}\n\n{\"type\":\"page\"}\r\n",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    protected override (string[] Command, Func<HttpResponseMessage> FirstAnswer) Prepare(byte[] input, string folder)
    {
        (string file, string[] command) = (input.Length % 5) switch
        {
            0 => ("local.settings.json", ["check", "--offline"]),
            1 => ("one.case.json", ["check", "--offline"]),
            2 => ("destination.json", (string[])["check", "--offline"]),
            3 => ("events.json", ["preview", Path.Combine(folder, "events.json")]),
            _ => ("events.ndjson", ["import", Path.Combine(folder, "events.ndjson")]),
        };
        File.WriteAllBytes(Path.Combine(folder, file), input);
        if (file == "one.case.json")
        {
            File.WriteAllText(Path.Combine(folder, "destination.json"), "{}");
        }

        return (command, static () => Answer(HttpStatusCode.Accepted, """{"accepted":1,"skipped":0,"rejected":[]}"""u8.ToArray()));
    }
}
