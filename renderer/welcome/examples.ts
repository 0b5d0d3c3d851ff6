import { Braces, Lightbulb, type LucideIcon, Mail } from 'lucide-react';

export interface Example {
	icon: LucideIcon;
	title: string;
	description: string;
	prompt: string;
}

/** Prompts that even a very small model answers sensibly; each carries its own text, so that one click is enough. */
export const examples: readonly Example[] = [
	{
		icon: Mail,
		title: 'Make a mail shorter',
		description: 'Keeps date, question, tone',
		prompt: `Rewrite this mail in two or three sentences. Keep the date and the question.

Hi Jonas,

I hope you had a good weekend! I wanted to get back to you about the meeting we talked about last week. I looked at my calendar and unfortunately Tuesday does not work for me after all, because I have to be at the dentist. Would Thursday 26 November at 10:00 work for you instead? If not, just tell me what suits you best.

Best wishes
Maria`,
	},
	{
		icon: Braces,
		title: 'Turn a note into JSON',
		description: 'Name, date and amount',
		prompt: `Turn this note into JSON with the keys "name", "date" and "amount". Answer with the JSON in a code block and nothing else.

Paid Ms Keller 84 euros for the bicycle repair on 3 November 2026.`,
	},
	{
		icon: Lightbulb,
		title: 'Explain something simply',
		description: 'Why the sky is blue',
		prompt: 'Explain in five short sentences why the sky is blue, so that a ten-year-old understands it.',
	},
];
