using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace CustomerIoDestination.Benchmarks.Load;

/// <summary>The measured numbers: a line each as they come, and the table at the end.</summary>
internal sealed class Report
{
    private const string Start = "<!-- measured: start -->";
    private const string End = "<!-- measured: end -->";

    private readonly List<(string Name, string Value, string Unit)> _lines = [];

    /// <summary>One number.</summary>
    public void Add(string name, double value, string unit)
    {
        string text = TextOf(value);
        _lines.Add((name, text, unit));
        Console.WriteLine($"{name}\t{text.Replace(",", "", StringComparison.Ordinal)}\t{unit}");
    }

    /// <summary>The median of several numbers, the least and the most of them; one number is told as it is.</summary>
    public void AddSpread(string name, IEnumerable<double> values, string unit)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 1)
        {
            Add(name, sorted[0], unit);
            return;
        }

        string text = $"{TextOf(sorted[sorted.Length / 2])} ({TextOf(sorted[0])}–{TextOf(sorted[^1])})";
        _lines.Add((name, text, unit));
        Console.WriteLine($"{name}\t{text.Replace(",", "", StringComparison.Ordinal)}\t{unit}");
    }

    /// <summary>Puts the table between the page's marks; does nothing where there are none.</summary>
    public void WriteInto(string readme)
    {
        string text = File.ReadAllText(readme);
        int start = text.IndexOf(Start, StringComparison.Ordinal);
        int end = text.IndexOf(End, StringComparison.Ordinal);
        if (start >= 0 && end > start)
        {
            File.WriteAllText(readme, text[..(start + Start.Length)] + "\n" + Table() + text[end..]);
        }
    }

    private static string TextOf(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture);

    private string Table()
    {
        var table = new StringBuilder();
        table.Append(CultureInfo.InvariantCulture, $"{Environment.ProcessorCount} cores, {RuntimeInformation.ProcessArchitecture}, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; {Processor()}.\n\n");
        table.Append("| what | median (least–most) | unit |\n| --- | ---: | --- |\n");
        foreach ((string name, string value, string unit) in _lines)
        {
            table.Append(CultureInfo.InvariantCulture, $"| {name} | {value} | {unit} |\n");
        }

        return table.ToString();
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':')[1].Trim() ?? "processor unknown";
    }
}
