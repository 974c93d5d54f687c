/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
/*
 * tiny_model - an XGBoost model that fits on a page: two features, two trees
 *
 *   f0 < 1.5 ? 0.25 : (f1 < -2 ? -0.5 : 1)        missing: left, right
 *   0.125                                         a leaf
 *
 * in parts, so that a test can change one of them.
 */

#define TINY_TREE_0                                                            \
    "{\"base_weights\":[0E0,0E0,0E0,0E0,0E0],\"default_left\":[1,0,0,0,0],"    \
    "\"id\":0,\"left_children\":[1,-1,3,-1,-1],"                               \
    "\"loss_changes\":[0E0,0E0,0E0,0E0,0E0],\"parents\":[2147483647,0,0,2,2]," \
    "\"right_children\":[2,-1,4,-1,-1],"                                       \
    "\"split_conditions\":[1.5E0,2.5E-1,-2E0,-5E-1,1E0],"                      \
    "\"split_indices\":[0,0,1,0,0],\"sum_hessian\":[1E0,1E0,1E0,1E0,1E0],"     \
    "\"tree_param\":{\"num_deleted\":\"0\",\"num_feature\":\"2\","             \
    "\"num_nodes\":\"5\",\"size_leaf_vector\":\"0\"}}"

#define TINY_TREE_1                                                            \
    "{\"base_weights\":[0E0],\"default_left\":[0],\"id\":1,"                   \
    "\"left_children\":[-1],\"loss_changes\":[0E0],\"parents\":[2147483647],"  \
    "\"right_children\":[-1],\"split_conditions\":[1.25E-1],"                  \
    "\"split_indices\":[0],\"sum_hessian\":[1E0],"                             \
    "\"tree_param\":{\"num_deleted\":\"0\",\"num_feature\":\"2\","             \
    "\"num_nodes\":\"1\",\"size_leaf_vector\":\"0\"}}"

#define TINY_TREES(first)                                                      \
    "{\"gbtree_model_param\":{\"num_parallel_tree\":\"1\","                    \
    "\"num_trees\":\"2\",\"size_leaf_vector\":\"0\"},"                         \
    "\"tree_info\":[0,0],\"trees\":[" first "," TINY_TREE_1 "]}"

#define TINY_GBTREE                                                            \
    "{\"model\":" TINY_TREES(TINY_TREE_0) ",\"name\":\"gbtree\"}"

/* attributes, names, booster, base score and version as JSON */
#define TINY_MODEL(attributes, names, booster, score, version)                 \
    "{\"learner\":{\"attributes\":" attributes ",\"feature_names\":" names     \
    ",\"feature_types\":[],\"gradient_booster\":" booster                      \
    ",\"learner_model_param\":{\"base_score\":\"" score                        \
    "\",\"num_class\":\"0\",\"num_feature\":\"2\",\"num_target\":\"1\"},"      \
    "\"objective\":{\"name\":\"reg:squarederror\",\"reg_loss_param\":{"        \
    "\"scale_pos_weight\":\"1\"}}},\"version\":" version "}"

#define TINY_SCORED(score, version)                                            \
    TINY_MODEL("{}", "[]", TINY_GBTREE, score, version)
#define TINY TINY_SCORED("5E-1", "[1,7,4]")
