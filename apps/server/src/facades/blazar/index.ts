export { BlazarModule } from './blazar.module.js';
export { BLAZAR_FACE_SETTINGS, type BlazarFaceSettings } from './blazar.settings.js';
export { blazarPlainRefusal } from './plain-refusal.js';
export { blazarRoutes, type BlazarAccess, type BlazarRouteRow } from './routing/blazar-routes.js';
export { otherPaths as blazarOtherPaths, patternsOf as blazarPatternsOf, versionPaths as blazarVersionPaths } from './routing/mounts.js'; // prettier-ignore
