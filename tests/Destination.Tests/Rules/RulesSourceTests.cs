using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace CustomerIoDestination.Tests.Rules;

public sealed class RulesSourceTests : IDisposable
{
    private readonly string _path = Path.Combine(Directory.CreateTempSubdirectory("rules-").FullName, "destination.json");
    private readonly FakeTimeProvider _time = new();

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

    [Fact]
    public void Bad_rules_at_start_are_refused_with_their_file()
    {
        File.WriteAllText(_path, """{"pages": 1}""");
        var refused = RulesSource.Open(Settings, _time).ShouldBeOfType<RulesOpening.Refused>();
        refused.Message.ShouldContain(_path);
        refused.Message.ShouldContain("pages: is a number");
    }

    [Fact]
    public void A_configured_file_that_is_missing_is_refused() =>
        RulesSource.Open(Settings, _time).ShouldBeOfType<RulesOpening.Refused>().Rules.Problems.ShouldHaveSingleItem().Message.ShouldBe("does not exist");

    [Fact]
    public void Without_a_file_everything_is_sent() =>
        RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<RulesOpening.Opened>().Source.Current.ShouldBe(DestinationRules.None);

    [Fact]
    public void A_good_new_file_takes_over()
    {
        RulesSource source = Open("""{"pages": false}""");
        source.Current.Pages.ShouldBeFalse();

        File.WriteAllText(_path, """{"pages": true}""");
        _time.Advance(TimeSpan.FromHours(1));

        source.Reload().ShouldBeOfType<RulesResult.Valid>();
        source.Current.Pages.ShouldBeTrue();
        source.Status.LoadedAt.ShouldBe(_time.GetUtcNow());
    }

    [Theory]
    [InlineData("""{"pages": 1}""", "pages")]
    [InlineData("{", "$")]
    [InlineData(null, "$")]
    public void A_bad_or_missing_new_file_keeps_the_rules_and_is_told(string? text, string path)
    {
        RulesSource source = Open("""{"pages": false}""");
        Replace(text);

        source.Reload().ShouldBeOfType<RulesResult.Invalid>();

        source.Current.Pages.ShouldBeFalse();
        source.Status.Problems.ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Fact]
    public void The_problems_are_gone_when_the_file_is_good_again()
    {
        RulesSource source = Open("""{"pages": false}""");
        Replace(null);
        source.Reload().ShouldNotBeNull();
        Replace("""{"pages": false}""");

        source.Reload().ShouldBeOfType<RulesResult.Valid>();
        source.Status.Problems.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"pages": false}""")]
    [InlineData("{")]
    [InlineData(null)]
    public void A_file_that_has_not_changed_is_not_told_again(string? text)
    {
        RulesSource source = Open("""{"pages": false}""");
        Replace(text);
        source.Reload();

        source.Reload().ShouldBeNull();
    }

    [Fact]
    public async Task The_watch_takes_a_changed_file_over()
    {
        RulesSource source = Open("""{"pages": false}""");
        using var watch = new RulesFileWatch(source, _time, new FakeLogger<RulesFileWatch>());
        await watch.StartAsync(CancellationToken.None);
        await File.WriteAllTextAsync(_path, """{"pages": true}""");

        for (int i = 0; i < 1_000 && !source.Current.Pages; i++)
        {
            _time.Advance(RulesFileWatch.Interval);
            await Task.Delay(5);
        }

        source.Current.Pages.ShouldBeTrue();
        await watch.StopAsync(CancellationToken.None);
    }

    private RulesSettings Settings => new() { Path = _path };

    private RulesSource Open(string text)
    {
        File.WriteAllText(_path, text);
        return RulesSource.Open(Settings, _time).ShouldBeOfType<RulesOpening.Opened>().Source;
    }

    private void Replace(string? text)
    {
        if (text is null)
        {
            File.Delete(_path);
        }
        else
        {
            File.WriteAllText(_path, text);
        }
    }
}
