using CustomerIoDestination.Cli.Importing;
using Microsoft.Extensions.Time.Testing;
using Spectre.Console;

namespace CustomerIoDestination.Cli.Tests;

public sealed class ImportProgressTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly StringWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task The_time_left_of_an_import_that_goes_on_is_told_by_what_was_done_since_it_went_on()
    {
        await ShowAsync(length: 1_000, (500, TimeSpan.Zero), (600, TimeSpan.FromSeconds(20)));

        _output.ToString().ShouldBe("7,000 events 0/s, 60 %, about 00:01:20 left\n".Replace("\n", Environment.NewLine, StringComparison.Ordinal));
    }

    [Fact]
    public async Task More_than_a_day_left_is_told_in_hours()
    {
        await ShowAsync(length: 10_001, (0, TimeSpan.Zero), (1, TimeSpan.FromSeconds(36)));

        _output.ToString().ShouldContain("about 100:00:00 left");
    }

    [Fact]
    public async Task Before_anything_is_done_no_time_left_is_told()
    {
        await ShowAsync(length: 1_000, (500, TimeSpan.FromSeconds(20)));

        _output.ToString().ShouldNotContain("left");
    }

    private async Task ShowAsync(int length, params (long At, TimeSpan After)[] advances)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_output) });
        await using ImportInput input = new(new MemoryStream(new byte[length]), Stream.Null, ImportFormat.Ndjson);
        ImportState state = ImportState.Start(new Uri("http://host.example"), new ImportReading("ndjson", null, null)) with { Accepted = 7_000 };
        using HttpMessageHandler http = new HttpClientHandler();
        await new ImportProgress(input, state, new CliContext(console, "", http, _time, null)).ShowAsync(advance =>
        {
            foreach ((long at, TimeSpan after) in advances)
            {
                _time.Advance(after);
                advance(state, at);
            }

            return Task.CompletedTask;
        });
    }
}
