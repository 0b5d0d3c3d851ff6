import { addConversation, addMessage, generationFacts } from './data.ts';
import type { FakeApplication } from './fake-application.ts';
import { type Scene, withHistory } from './scene.ts';

export const mathsAnswer = `The mean of $n$ values estimates $\\mu$ with the standard error

$$
\\operatorname{SE}(\\bar x) = \\frac{s}{\\sqrt n}, \\qquad s^2 = \\frac{1}{n-1} \\sum_{i=1}^{n} (x_i - \\bar x)^2
$$

so four times the data halves it. For a share \\(\\hat p\\) out of \\(n\\) samples the Wilson interval is

\\[
\\frac{1}{1 + z^2/n} \\left( \\hat p + \\frac{z^2}{2n} \\pm z \\sqrt{\\frac{\\hat p (1 - \\hat p)}{n} + \\frac{z^2}{4n^2}} \\right)
\\]

1. With $n = 100$ and $\\hat p = 0.8$ it reaches from 71.1 to 86.7 %.
2. A price stays a price: it costs $5 or $10.

| Model | Share $\\hat p$ | Samples $n$ |
|---|---|---|
| Q4_K_M | 0.80 | 100 |
| Q8_0 | 0.84 | 100 |`;

export const codeAnswer = `Two ways, and what is left to do:

- [x] Read the file
- [ ] Handle an empty one: H<sub>2</sub>O, press <kbd>Ctrl</kbd> <kbd>S</kbd>

\`\`\`typescript
export const measured = results.filter((result) => result.tokens > 0).map(({ name, tokens, seconds }) => ({ name, rate: tokens / seconds }));
console.table(measured);
\`\`\`

\`\`\`mermaid
graph LR
  A[Conversation] --> B[Feedback]
  B --> C[Dataset]
\`\`\`

![a chart of it](https://example.org/chart.png) is shown as its address only.`;

function oneAnswer(fake: FakeApplication, question: string, content: string): string {
	withHistory(fake);
	const { id } = addConversation(fake.data, question, Date.now());
	addMessage(fake.data, id, { content: question });
	addMessage(fake.data, id, { role: 'assistant', content, generation: generationFacts() });
	return `/chat/${id}`;
}

export const markdownScenes: Record<string, Scene> = {
	'chat-maths': {
		prepare: (fake) => oneAnswer(fake, 'How sure can I be of a share?', mathsAnswer),
		act: (page) => page.locator('.katex').first().waitFor(),
	},
	'chat-link': {
		prepare: (fake) =>
			oneAnswer(fake, 'Where can I read on?', 'In [the manual](https://trusted.example@xn--80ak6aa92e.com/a?b=c#d).'),
		async act(page) {
			await page.getByRole('link', { name: 'the manual' }).click();
			await page.getByRole('dialog').waitFor();
			await page.waitForTimeout(300);
		},
	},
	'chat-code': { prepare: (fake) => oneAnswer(fake, 'How do I measure it?', codeAnswer) },
	'chat-code-wrapped': {
		prepare: (fake) => {
			const route = oneAnswer(fake, 'How do I measure it?', codeAnswer);
			fake.data.settings = { ...fake.data.settings, wrapCode: true };
			return route;
		},
	},
	'chat-right-to-left': {
		prepare: (fake) =>
			oneAnswer(
				fake,
				'מה המרחק בין כדור הארץ לשמש?',
				'המרחק הממוצע הוא **149.6** מיליון ק״מ:\n\n1. האור עובר אותו ב־8.3 דקות.\n2. `c = 299792 km/s`\n\nAnd in English the same text runs the other way.',
			),
	},
};
