export * from './image.module.js';
export { imageRoutes } from './images.controller.js';
