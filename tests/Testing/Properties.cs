using System.Globalization;
using CsCheck;

namespace CustomerIoDestination.Testing;

/// <summary>
/// Checks what must hold for any input. The inputs are the same in every run, so that a change passes or fails for what it changed; two variables of the
/// environment look further: <c>PROPERTY_SEED</c>, a number that other inputs follow from, and <c>PROPERTY_TIMES</c>, by which the number of inputs is multiplied.
/// </summary>
public static class Properties
{
    private const int DefaultTimes = 100;

    // How many inputs are tried in search of a smaller one that fails.
    private const int Smaller = 2_000;

    private static readonly ulong Seed = Number("PROPERTY_SEED", 20261130);
    private static readonly int Factor = (int)Number("PROPERTY_TIMES", 1);

    /// <summary>Checks that something holds.</summary>
    /// <param name="inputs">What it must hold for.</param>
    /// <param name="check">Throws where it does not hold.</param>
    /// <param name="times">For how many inputs.</param>
    /// <exception cref="CsCheckException">It does not hold; the message has the smallest input that was found.</exception>
    public static void Holds<T>(this Gen<T> inputs, Action<T> check, int times = DefaultTimes)
    {
        foreach ((string state, T input) in Tried(inputs, times))
        {
            try
            {
                check(input);
            }
            catch (Exception)
            {
                inputs.Sample(check, seed: state, iter: Smaller, threads: 1);
                throw;
            }
        }
    }

    /// <inheritdoc cref="Holds{T}(Gen{T}, Action{T}, int)"/>
    public static void Holds<T1, T2>(this Gen<(T1, T2)> inputs, Action<T1, T2> check, int times = DefaultTimes) =>
        inputs.Holds(input => check(input.Item1, input.Item2), times);

    /// <inheritdoc cref="Holds{T}(Gen{T}, Action{T}, int)"/>
    public static void Holds<T1, T2, T3>(this Gen<(T1, T2, T3)> inputs, Action<T1, T2, T3> check, int times = DefaultTimes) =>
        inputs.Holds(input => check(input.Item1, input.Item2, input.Item3), times);

    /// <inheritdoc cref="Holds{T}(Gen{T}, Action{T}, int)"/>
    public static void Holds<T1, T2, T3, T4>(this Gen<(T1, T2, T3, T4)> inputs, Action<T1, T2, T3, T4> check, int times = DefaultTimes) =>
        inputs.Holds(input => check(input.Item1, input.Item2, input.Item3, input.Item4), times);

    /// <inheritdoc cref="Holds{T}(Gen{T}, Action{T}, int)"/>
    public static async Task HoldsAsync<T>(this Gen<T> inputs, Func<T, Task> check, int times = DefaultTimes)
    {
        foreach ((string state, T input) in Tried(inputs, times))
        {
            try
            {
                await check(input);
            }
            catch (Exception)
            {
                await inputs.SampleAsync(check, seed: state, iter: Smaller, threads: 1);
                throw;
            }
        }
    }

    // Each input, and the state of the numbers it was made from, by which it is made again.
    private static IEnumerable<(string State, T Input)> Tried<T>(Gen<T> inputs, int times)
    {
        PCG numbers = new(1, Seed);
        for (long left = (long)times * Factor; left > 0; left--)
        {
            string state = numbers.ToString(numbers.State);
            yield return (state, inputs.Generate(numbers, null!, out _));
        }
    }

    private static ulong Number(string name, ulong otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? ulong.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
