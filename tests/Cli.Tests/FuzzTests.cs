using System.Security.Cryptography;
using CustomerIoDestination.Fuzz;

namespace CustomerIoDestination.Cli.Tests;

/// <summary>The short form of <c>tests/Fuzz</c> at what the command line reads: mutations of good input, the same in each run.</summary>
public sealed class FuzzTests
{
    [Fact]
    public Task Whatever_a_host_answers_a_command_ends_with_an_exit_code_and_harmless_words() => ShouldHold(new CliAnswerFuzzer(), 1_000);

    [Fact]
    public Task Whatever_a_file_holds_a_command_ends_with_an_exit_code_and_harmless_words() => ShouldHold(new CliFileFuzzer(), 1_000);

    [Fact]
    public void An_input_is_the_same_in_each_run() => Convert.ToHexString(SHA256.HashData(new CliFileFuzzer().Input(seed: 1, number: 167)))[..16].ShouldBe("3A0CA3D13A006BCB");

    private static async Task ShouldHold(Fuzzer fuzzer, int inputs)
    {
        FuzzReport report = await fuzzer.RunAsync(seed: 1, inputs);

        report.Violations.ShouldBeEmpty(report.ToString());
        report.Inputs.ShouldBe(inputs);
    }
}
