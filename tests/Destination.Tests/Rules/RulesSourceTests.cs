using CustomerIoDestination.Model;
using CustomerIoDestination.Rules;
using CustomerIoDestination.Rules.Reading;
using CustomerIoDestination.Settings;
using Microsoft.Extensions.Logging;
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
        var refused = RulesSource.Open(Settings, _time).ShouldBeOfType<Checked<RulesSource>.Invalid>();
        refused.Message.ShouldContain(_path);
        refused.Message.ShouldContain("pages: is a number");
    }

    [Fact]
    public void A_configured_file_that_is_missing_is_refused() =>
        RulesSource.Open(Settings, _time).ShouldBeOfType<Checked<RulesSource>.Invalid>().Problems.ShouldHaveSingleItem().Message.ShouldBe("does not exist");

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "has more than 4194304 bytes")]
    public void A_file_over_its_limit_is_refused(int over, string? problem)
    {
        File.WriteAllText(_path, "{}" + new string(' ', RulesFile.MaxBytes - 2 + over));

        RulesFile.Read(_path).Problem.ShouldBe(problem);
    }

    [Fact]
    public void Without_a_file_everything_is_sent() =>
        RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value.Current.ShouldBe(DestinationRules.None);

    [Fact]
    public void A_good_new_file_takes_over()
    {
        RulesSource source = Open("""{"pages": false}""");
        source.Current.Pages.ShouldBeFalse();

        File.WriteAllText(_path, """{"pages": true}""");
        _time.Advance(TimeSpan.FromHours(1));

        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Valid>();
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

        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Invalid>();

        source.Current.Pages.ShouldBeFalse();
        source.Status.Problems.ShouldHaveSingleItem().Where.ShouldBe(path);
    }

    [Fact]
    public void The_problems_are_gone_when_the_file_is_good_again()
    {
        RulesSource source = Open("""{"pages": false}""");
        Replace(null);
        source.Reload().ShouldNotBeNull();
        Replace("""{"pages": false}""");

        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Valid>();
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
    public void A_file_that_has_not_changed_is_compared_and_not_read_as_rules_again()
    {
        string transformations = string.Join(',', Enumerable.Range(0, 1_000).Select(number =>
            $$"""{"operation": "deleteProperty", "on": ["Event {{number}}"], "property": "p{{number}}", "when": {"property": "a", "matches": "^a{{number}}.*z$"} }"""));
        RulesSource source = Open($$"""{"transformations": [{{transformations}}]}""");
        source.Reload();

        long before = GC.GetAllocatedBytesForCurrentThread();
        source.Reload().ShouldBeNull();

        // Reading 1,000 transformations makes many times the file's length.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan((2 * new FileInfo(_path).Length) + 50_000);
    }

    [Fact]
    public void A_file_of_the_same_length_and_time_with_other_rules_is_seen()
    {
        RulesSource source = Open("""{"pages": false, "screens": true }""");
        DateTime written = File.GetLastWriteTimeUtc(_path);
        Replace("""{"pages": true , "screens": false}""");
        File.SetLastWriteTimeUtc(_path, written);

        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Valid>().Value.Screens.ShouldBeFalse();
    }

    [Fact]
    public void In_the_instant_of_an_atomic_save_the_file_beside_the_application_does_not_take_over()
    {
        string besideTheApplication = Path.Combine(AppContext.BaseDirectory, RulesFile.DefaultName);
        InDirectory(Path.GetDirectoryName(_path)!, () =>
        {
            File.WriteAllText(besideTheApplication, """{"screens": false}""");
            File.WriteAllText(_path, """{"pages": false}""");
            RulesSource source = RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value;

            File.Delete(_path);
            source.Reload();

            (source.Current.Pages, source.Current.Screens).ShouldBe((false, true));
            source.Status.Path.ShouldBe(_path);
        }, () => File.Delete(besideTheApplication));
    }

    [Fact]
    public void The_file_beside_the_application_stays_in_force_when_one_appears_in_the_working_directory()
    {
        string besideTheApplication = Path.Combine(AppContext.BaseDirectory, RulesFile.DefaultName);
        InDirectory(Path.GetDirectoryName(_path)!, () =>
        {
            File.WriteAllText(besideTheApplication, """{"screens": false}""");
            RulesSource source = RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value;

            File.WriteAllText(_path, """{"pages": false}""");

            source.Reload().ShouldBeNull();
            source.Status.Path.ShouldBe(besideTheApplication);
        }, () => File.Delete(besideTheApplication));
    }

    [Fact]
    public void A_file_that_appears_in_the_working_directory_where_there_was_none_takes_over() => InDirectory(Path.GetDirectoryName(_path)!, () =>
    {
        RulesSource source = RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value;
        source.Status.Path.ShouldBeNull();
        source.Reload().ShouldBeNull();

        File.WriteAllText(_path, "{");
        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Invalid>();
        File.Delete(_path);
        source.Reload().ShouldBeNull();
        source.Status.Problems.ShouldBeEmpty();
        File.WriteAllText(_path, """{"pages": false}""");

        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Valid>();
        source.Status.Path.ShouldBe(_path);
    });

    [Fact]
    public void A_working_directory_that_is_deleted_changes_nothing() => InDirectory(Path.GetDirectoryName(_path)!, () =>
    {
        File.WriteAllText(_path, """{"pages": false}""");
        RulesSource source = RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value;
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

        source.Reload().ShouldBeOfType<Checked<DestinationRules>.Invalid>().Problems.ShouldHaveSingleItem().Message.ShouldBe("does not exist");
        source.Reload().ShouldBeNull();
        source.Current.Pages.ShouldBeFalse();
    });

    [Fact]
    public void A_start_in_a_working_directory_that_is_gone_looks_beside_the_application_and_refuses_a_relative_path() => InDirectory(Path.GetDirectoryName(_path)!, () =>
    {
        Directory.Delete(Path.GetDirectoryName(_path)!, recursive: true);

        RulesSource.Open(new RulesSettings(), _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value.Reload().ShouldBeNull();
        RulesSource.Open(new RulesSettings { Path = "rules.json" }, _time).ShouldBeOfType<Checked<RulesSource>.Invalid>().Message.ShouldContain("working directory");
    });

    [Fact]
    public async Task The_watch_outlives_any_failure_and_tells_its_type_only()
    {
        FailingClock time = new();
        await File.WriteAllTextAsync(_path, """{"pages": false}""");
        RulesSource source = RulesSource.Open(Settings, time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value;
        var logger = new FakeLogger<RulesFileWatch>();
        using var watch = new RulesFileWatch(source, time, logger);
        await watch.StartAsync(CancellationToken.None);
        await File.WriteAllTextAsync(_path, """{"pages": true}""");
        time.Fails = true;

        await TickUntilAsync(() => Errors().Length > 0, time);
        time.Fails = false;
        await TickUntilAsync(() => source.Current.Pages, time);

        Errors()[0].Message.ShouldContain(nameof(InvalidTimeZoneException));
        logger.Collector.GetSnapshot().ShouldAllBe(line => !line.Message.Contains("marked", StringComparison.Ordinal) && line.Exception == null);
        await watch.StopAsync(CancellationToken.None);
        watch.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue("an end that is asked for is no failure");

        FakeLogRecord[] Errors() => [.. logger.Collector.GetSnapshot().Where(line => line.Level == LogLevel.Error)];
    }

    [Fact]
    public async Task The_log_tells_which_rules_are_in_force_and_what_is_wrong_with_a_changed_file()
    {
        RulesSource source = Open("""{"transformations": [{"operation": "stripQuery", "on": "events"}], "privacy": {"allow": {"traits": ["Email"]}}}""");
        var logger = new FakeLogger<RulesFileWatch>();
        using var watch = new RulesFileWatch(source, _time, logger);
        await watch.StartAsync(CancellationToken.None);
        await File.WriteAllTextAsync(_path, """{"pages": 1}""");

        await TickUntilAsync(() => logger.Collector.Count == 3, _time);

        await watch.StopAsync(CancellationToken.None);
        logger.Collector.GetSnapshot().Select(line => line.Message).ShouldBe(
        [
            $"Rules of {_path} are in force: 1 transformations, privacy mode on.",
            "Rules: privacy.allow.traits[0]: \"Email\" is another name than \"email\": upper and lower case differ.",
            "The changed rules file does not count: 1 to mend, the first at pages: is a number; true or false was expected. The rules in force since 2000-01-01T00:00:00Z stay.",
        ]);
    }

    [Fact]
    public async Task The_watch_takes_a_changed_file_over()
    {
        RulesSource source = Open("""{"pages": false}""");
        using var watch = new RulesFileWatch(source, _time, new FakeLogger<RulesFileWatch>());
        await watch.StartAsync(CancellationToken.None);
        await File.WriteAllTextAsync(_path, """{"pages": true}""");

        await TickUntilAsync(() => source.Current.Pages, _time);
        await watch.StopAsync(CancellationToken.None);
    }

    private static async Task TickUntilAsync(Func<bool> condition, FakeTimeProvider time)
    {
        for (int i = 0; i < 1_000 && !condition(); i++)
        {
            time.Advance(RulesFileWatch.Interval);
            await Task.Delay(5);
        }

        condition().ShouldBeTrue();
    }

    // The working directory is the process's; this assembly runs one test at a time.
    private static void InDirectory(string folder, Action test, Action? cleanUp = null)
    {
        string before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(folder);
            test();
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
            Directory.CreateDirectory(folder);
            cleanUp?.Invoke();
        }
    }

    private sealed class FailingClock : FakeTimeProvider
    {
        public bool Fails { get; set; }

        public override DateTimeOffset GetUtcNow() => Fails ? throw new InvalidTimeZoneException("a marked value") : base.GetUtcNow();
    }

    private RulesSettings Settings => new() { Path = _path };

    private RulesSource Open(string text)
    {
        File.WriteAllText(_path, text);
        return RulesSource.Open(Settings, _time).ShouldBeOfType<Checked<RulesSource>.Valid>().Value;
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
