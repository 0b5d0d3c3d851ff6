const paragraph =
	'The **quantisation** of a model trades size against fidelity: each weight is stored with fewer bits, and a scale per block brings it back near its old value. On a processor without a graphics card the memory bus decides how fast tokens come, so a file of half the size answers about twice as fast, as long as `threads` is set to what the machine really has. ';

const sections: readonly ((n: number) => string)[] = [
	(n) => `## Part ${n}\n\n${paragraph}\n\n`,
	(n) =>
		`${paragraph}\n\n- first point of ${n}, with *emphasis* and a [link](https://example.org/${n})\n- second point, with \`code\`\n  - a nested one\n- third point\n\n`,
	(n) =>
		`| File | Size, MB | Speed, tok/s |\n|---|---|---|\n| Q8_0 | ${140 + n} | 52.8 |\n| Q4_K_M | ${100 + n} | 62.3 |\n| Q2_K | ${80 + n} | 68.1 |\n\n`,
	(n) =>
		`\`\`\`python\ndef part_${n}(values):\n    total = 0\n    for index, value in enumerate(values):\n        if value % 2 == 0:  # even ones only\n            total += value * ${n}\n    return {"total": total, "mean": total / max(1, len(values))}\n\`\`\`\n\n`,
	(n) => `1. step one of ${n}\n2. step two\n3. step three\n\n> A remark that belongs to it.\n\n`,
];

/** Makes a realistic answer in about `tokens` pieces of a token's size. */
export function longAnswer(tokens: number): string[] {
	const pieces: string[] = [];
	for (let n = 1; pieces.length < tokens; n += 1) {
		const section = sections[n % sections.length]!(n);
		pieces.push(...(section.match(/\s*[^\s]{1,5}|\s+/g) ?? []));
	}
	return pieces.slice(0, tokens);
}
