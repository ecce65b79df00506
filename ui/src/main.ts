import './styles/tokens.css';
import './styles/scale.css';
import './styles/base.css';

import { mount } from 'svelte';

import Window from './frame/Window.svelte';
import { chooseHost } from './host';
import { App } from './state/app.svelte';
import { panes } from './state/panes';
import sprite from './styles/icons.svg?raw';

const target = document.getElementById('app') as HTMLElement;
const icons = document.createElement('div');
icons.hidden = true;
icons.innerHTML = sprite;
document.body.append(icons);

const app = new App(await chooseHost());
// The skeleton stands until the first answers are here, so that the window is drawn once and as it is.
await app.start();
target.replaceChildren();
mount(Window, { target, props: { app } });
// Once this frame is painted.
requestAnimationFrame(() => setTimeout(() => void panes()));
