import { type ComponentType, lazy, Suspense, useState } from 'react';

/** Screens whose code comes after the first page's: when they are shown, or once the page has nothing else to do. */
const loaders = {
	write: async () => (await import('../writing/write-screen.tsx')).WriteScreen,
	evaluate: async () => (await import('../evaluation/evaluate-screen.tsx')).EvaluateScreen,
	compare: async () => (await import('../comparison/compare-screen.tsx')).CompareScreen,
	models: async () => (await import('../library/models-screen.tsx')).ModelsScreen,
	datasets: async () => (await import('../dataset/datasets-screen.tsx')).DatasetsScreen,
	documents: async () => (await import('../documents/documents-screen.tsx')).DocumentsScreen,
	prompts: async () => (await import('../prompt/prompts-screen.tsx')).PromptsScreen,
	feedback: async () => (await import('../feedback/feedback-screen.tsx')).FeedbackScreen,
	activity: async () => (await import('../activity/activity-screen.tsx')).ActivityScreen,
	settings: async () => (await import('../settings/settings-screen.tsx')).SettingsScreen,
} satisfies Record<string, () => Promise<ComponentType>>;

export type LaterScreen = keyof typeof loaders;

const loaded = new Map<LaterScreen, ComponentType>();

async function load(name: LaterScreen): Promise<ComponentType> {
	const screen = await loaders[name]();
	loaded.set(name, screen);
	return screen;
}

/** Shows a screen, at once if its code is there. */
export function Screen({ name }: { name: LaterScreen }) {
	// Chosen once: another component in its place would lose what the screen holds. A new try after a failure is a new
	// choice, which fetches the code again.
	const [Shown] = useState(() => loaded.get(name) ?? lazy(async () => ({ default: await load(name) })));
	return (
		<Suspense fallback={null}>
			<Shown />
		</Suspense>
	);
}

/** Fetches the code of every screen, one after the other, so that the first visit doesn't wait. Never rejects. */
export async function preloadScreens(): Promise<void> {
	for (const name of Object.keys(loaders) as LaterScreen[]) {
		// Shown later, the screen asks again, and says what is wrong.
		await load(name).catch(() => {});
	}
}
