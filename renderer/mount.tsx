import { createRoot } from 'react-dom/client';
import { ErrorBoundary } from 'react-error-boundary';
import { App } from './app/app.tsx';
import { followKeyBindings } from './app/keyboard/key-bindings.ts';
import { BrokenPage } from './app/part-boundary.tsx';
import type { Connection } from './connection/connection.ts';
import { getWindowBridge } from './connection/window-bridge.ts';
import { createServices } from './create-services.ts';
import { followLanguage } from './messages/language.ts';
import type { Services } from './services.ts';
import { followAppearance } from './settings/appearance.ts';

/** Mounts the page on the document, over a connection that may be lost and restored. */
export function mount(connection: Connection, document: Document): Services {
	const bridge = getWindowBridge();
	const root = document.documentElement;
	root.dataset.host = bridge === undefined ? 'browser' : 'window';
	if (bridge !== undefined) root.dataset.platform = bridge.platform;
	const services = createServices(connection);
	followAppearance(services.settings.state, root);
	followLanguage(services.settings, window);
	followKeyBindings(services.settings.state);
	const place = document.getElementById('root');
	if (place === null) throw new Error('the page has no place to be drawn in');
	createRoot(place).render(
		<ErrorBoundary FallbackComponent={BrokenPage}>
			<App services={services} />
		</ErrorBoundary>,
	);
	return services;
}
