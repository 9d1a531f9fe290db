using CustomerIoDestination.Fuzz;

namespace CustomerIoDestination.Tests.Fuzz;

/// <summary>The short form of <c>tests/Fuzz</c>: mutations of good input, the same in each run.</summary>
public sealed class ReadersTests
{
    [Fact]
    public Task Whatever_body_comes_every_item_of_it_has_one_end() => ShouldHold(new DoorFuzzer(), 20_000);

    [Fact]
    public Task Whatever_Customer_io_answers_is_one_of_the_tables_answers() => ShouldHold(new AnswerFuzzer(), 5_000);

    [Fact]
    public Task Whatever_Retry_After_says_the_wait_is_bounded() => ShouldHold(new RetryAfterFuzzer(), 20_000);

    [Fact]
    public Task Whatever_a_rules_file_holds_it_is_rules_or_a_list_of_problems() => ShouldHold(new RulesFuzzer(), 2_000);

    private static async Task ShouldHold(Fuzzer fuzzer, int inputs)
    {
        FuzzReport report = await fuzzer.RunAsync(seed: 1, inputs);

        report.Violations.ShouldBeEmpty(report.ToString());
        report.Inputs.ShouldBe(inputs);
    }
}
