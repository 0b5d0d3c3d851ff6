export const question = 'How far are the inner planets from the Sun in light minutes? Add the Python.';

export const lightMinutes = `Light covers about 18 million km each minute, so divide the distance by that:

| Planet | Mean distance, million km | Light minutes |
|---|---|---|
| Mercury | 57.9 | 3.2 |
| Venus | 108.2 | 6.0 |
| Earth | 149.6 | 8.3 |
| Mars | 227.9 | 14.2 |

\`\`\`python
C_KM_S = 299_792.458
def light_minutes(million_km):
    return million_km * 1e6 / C_KM_S / 60
print(f"{light_minutes(227.9):.1f} minutes to Mars")
\`\`\``;

/** Titles and the days since each was last used. */
export const otherTitles: readonly (readonly [string, number])[] = [
	['Regex for ISO dates', 0],
	['Shorter cover letter', 0],
	['What is a KV cache?', 0],
	['Names for a rowing club', 1],
	['Summary of the lease, section 4', 1],
	['SQL: last row per group', 1],
	['Packing list for Oslo', 3],
	['Explain Wilson intervals', 4],
	['Tidy my meeting notes', 5],
	['German vocabulary drill', 9],
	['Recipe for twelve people', 16],
	['Why is the sky blue?', 45],
];
